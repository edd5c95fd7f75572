import fc from "fast-check";
import { expect, it } from "vitest";
import { outline, withMembers } from "./outline.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);

function changed(text: string, values: readonly (readonly [string, string])[]): string | null {
  const found = outline(bytes(text));
  return found === null ? null : Buffer.from(withMembers(bytes(text), found, values)).toString();
}

it.each([
  ['{"model":"a"}', '{"model":"b"}'],
  [' \r\n{ "model"\t: "a" , "x" : [ 1 ] } ', ' \r\n{ "model"\t: "b" , "x" : [ 1 ] } '],
  ['{"x":"\\"model\\":\\"a\\"","model":"a"}', '{"x":"\\"model\\":\\"a\\"","model":"b"}'],
  ['{"x":{"model":"a"},"model":12}', '{"x":{"model":"a"},"model":"b"}'],
  ['{"model":null,"x":[{"model":"]}"}]}', '{"model":"b","x":[{"model":"]}"}]}'],
  ['{"model":{"a":[{}]},"ü":"ü\\\\"}', null],
  ['{"model":{"a":[{}]},"u":"ü\\\\"}', '{"model":"b","u":"ü\\\\"}'],
  ["{}", '{"model":"b"}'],
  ['{"x":-1.5e3}', '{"model":"b","x":-1.5e3}'],
  // What two readers may read in two ways.
  ['{"model":"a","model":"c"}', null],
  ['{"model":"a","mod\\u0065l":"c"}', null],
  ['{"model":"a","x":{"y":1,"y":2}}', null],
  ['{"model":"a","x":[[{"y":{"z":1,"a":[],"z":2}}]]}', null],
  ['{"model":"a","x":[{"include_us\\u0061ge":false}]}', null],
  ['{"model":"a","x":[{"y":1},{"y":{"y":"y"}},"y","y"]}', '{"model":"b","x":[{"y":1},{"y":{"y":"y"}},"y","y"]}'],
  ['{"model":"a","__proto__":{"model":"c"}}', null],
  ['["model"]', null],
  ['"model"', null],
  ['\ufeff{"model":"a"}', null],
])("%s", (text, expected) => {
  expect(changed(text, [["model", '"b"']])).toBe(expected);
});

it("several members at once, some of them new", () => {
  const values = [
    ["c", "3"],
    ["d", "4"],
    ["a", "1"],
    ["e", "5"],
  ] as const;
  expect(changed('{"a":0,"b":[2],"c":"x"}', values)).toBe('{"d":4,"e":5,"a":1,"b":[2],"c":3}');
});

it("says of any object what JSON.parse says, and changes nothing but what it is told to", () => {
  const name = fc.string({ minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.dictionary(name, fc.jsonValue()), fc.integer({ min: 0, max: 2 }), (object, indent) => {
      const text = JSON.stringify({ ...object, model: "a" }, null, indent);
      const result = changed(text, [
        ["model", '"b"'],
        ["new member", "{}"],
      ]);
      // Names within may be of any script, but not escaped.
      if (result === null)
        return Object.keys(object).some((key) => /[^\x20-\x7e]|["\\]/.test(key)) || text.includes("\\");
      expect(JSON.parse(result)).toEqual(JSON.parse(JSON.stringify({ ...object, model: "b", "new member": {} })));
      return true;
    }),
    { numRuns: 2000 },
  );
});

it("finds a name that stands twice among very many, in no time", () => {
  const members = Array.from({ length: 100_000 }, (_, index) => `"n${index}":0`);
  expect(changed(`{"model":"a","x":{${members.join(",")}}}`, [["model", '"b"']])).toContain('"model":"b"');
  expect(changed(`{"model":"a","x":{${members.join(",")},"n70000":1}}`, [["model", '"b"']])).toBe(null);
});

it("neither fails nor runs away on bytes that are no JSON", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("{", "}", "[", "]", '"', "\\", ":", ",", "a", " ") }), (text) => {
      changed(text, [["a", "1"]]);
      changed(`{${text}`, [["a", "1"]]);
    }),
    { numRuns: 2000 },
  );
});

it("a name twice among very many, in an object within others that have as many", () => {
  const names = Array.from({ length: 100 }, (_, index) => `"n${index}":{"n${index}":1}`).join(",");
  const twice = (name: string): string => `{"model":"a","x":{${names},"y":{${names}},"${name}":1}}`;
  expect(changed(twice("n100"), [["model", '"b"']])).not.toBeNull();
  for (const name of ["n0", "n7", "n16", "n99", "y"]) expect(changed(twice(name), [["model", '"b"']])).toBeNull();
});
