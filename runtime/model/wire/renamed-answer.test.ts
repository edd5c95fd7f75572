import fc from "fast-check";
import { expect, it } from "vitest";
import { renamedAnswer } from "./renamed-answer.ts";

function renamed(text: string, told: string, model = "ours"): string | null {
  const answer = renamedAnswer(Buffer.from(text), "model", told, model);
  return answer === null ? null : Buffer.from(answer).toString();
}

it.each([
  ['{"model":"theirs","x":"ü"}', '{"model":"ours","x":"ü"}'],
  ['{ "x":1, "model" :\n\t"theirs" }', '{ "x":1, "model" :\n\t"ours" }'],
  ['{"model":"theirs"}', '{"model":"ours"}'],
  // The same bytes elsewhere: within a string, as a value, in an object within.
  ['{"x":"\\"model\\":\\"theirs\\"","model":"theirs"}', '{"x":"\\"model\\":\\"theirs\\"","model":"ours"}'],
  ['{"x":"a \\"model","model":"theirs"}', '{"x":"a \\"model","model":"ours"}'],
  ['{"x":"model","model":"theirs"}', '{"x":"model","model":"ours"}'],
  ['{"x":{"model":"theirs"},"model":"theirs"}', '{"x":{"model":"theirs"},"model":"ours"}'],
  // What two readers may read in two ways.
  ['{"model":"other","model":"theirs"}', null],
  ['{"x":{"model":"theirs"},"mod\\u0065l":"theirs"}', null],
  ['{"x":{"model":"theirs"},"\\u006Dodel":"theirs"}', null],
])("%s", (text, expected) => {
  expect(JSON.parse(text).model).toBe("theirs");
  expect(renamed(text, "theirs")).toBe(expected);
});

it("a name that stands there with escapes, or that nobody has read", () => {
  expect(renamed('{"model":"a\\"b"}', 'a"b')).toBe('{"model":"ours"}');
  expect(renamed('{"model":"a\\/b"}', "a/b")).toBe('{"model":"ours"}');
  expect(renamed('{"model":12}', "")).toBe('{"model":"ours"}');
  expect(renamed('{"x":1}', "")).toBe('{"model":"ours","x":1}');
  expect(renamed('{"model":"é"}', "é", "ü")).toBe('{"model":"ü"}');
  expect(renamed('{"model":"theirs-2","x":"theirs"}', "theirs")).toBe('{"model":"ours","x":"theirs"}');
});

it("what is no UTF-8 is not passed", () => {
  expect(renamedAnswer(Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]), "model", "", "x")).toBe(
    null,
  );
});

it("says of any answer what JSON.parse says", () => {
  const name = fc.oneof(fc.constantFrom("model", '"model"', "x"), fc.string({ maxLength: 4 }));
  fc.assert(
    fc.property(fc.dictionary(name, fc.jsonValue()), name, fc.string(), fc.nat(2), (object, told, model, indent) => {
      const answer = { ...object, model: told };
      const result = renamed(JSON.stringify(answer, null, indent), told, model);
      if (result !== null) expect(JSON.parse(result)).toEqual(JSON.parse(JSON.stringify({ ...answer, model })));
    }),
    { numRuns: 1000 },
  );
});
