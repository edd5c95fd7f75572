import { describe, expect, test } from "vitest";
import { canonicalPath, isQuery } from "./path.ts";

/** [as sent, canonical form or null for refused, rule] */
const PATHS: readonly (readonly [string, string | null, string])[] = [
  ["/", "/", "as it stands"],
  ["/a/b", "/a/b", "as it stands"],
  ["/a//b///", "/a//b///", "empty segments stay (RFC 3986 §3.3)"],
  ["/a-._~!$&'()*+,;=:@b", "/a-._~!$&'()*+,;=:@b", "every character of pchar"],
  ["/.well-known/x", "/.well-known/x", "a leading dot is no dot segment"],
  ["/...", "/...", "three dots are no dot segment"],
  ["/a..", "/a..", "dots behind text are no dot segment"],
  ["/..a/b", "/..a/b", "dots before text are no dot segment"],
  ["/a/;x=1", "/a/;x=1", "parameters stay"],
  // Escapes
  ["/%61", "/a", "unreserved are decoded (§6.2.2.2)"],
  ["/%7e%7E", "/~~", "either case of hex"],
  ["/%2d%2E%5f%30%5A", "/-._0Z", "all kinds of unreserved"],
  ["/%2f", "/%2F", "reserved stay, upper-case hex (§6.2.2.1)"],
  ["/a%3bb%3fc%23d", "/a%3Bb%3Fc%23d", "never decoded: ; ? #"],
  ["/%25%32%66", "/%252f", "decoded once, never twice"],
  ["/%252f", "/%252f", "an escaped percent sign stays"],
  ["/%5c", "/%5C", "an escaped backslash stays"],
  ["/%20", "/%20", "an escaped space stays"],
  ["/%0d%0a", "/%0D%0A", "escaped line ends stay escaped"],
  ["/%c3%a9", "/%C3%A9", "UTF-8 of two bytes"],
  ["/%e2%82%ac", "/%E2%82%AC", "of three"],
  ["/%F0%9F%98%80", "/%F0%9F%98%80", "of four"],
  ["/%ee%80%80", "/%EE%80%80", "just above the surrogates"],
  ["/%f4%8f%bf%bf", "/%F4%8F%BF%BF", "the last code point"],
  // Dot segments
  ["/.", "/", "removed (§5.2.4)"],
  ["/..", "/", "above the root: dropped"],
  ["/./a", "/a", "removed"],
  ["/a/.", "/a/", "the last one leaves its slash"],
  ["/a/./b", "/a/b", "removed"],
  ["/a/../b", "/b", "with the segment before"],
  ["/a/..", "/", "with the segment before, at the end"],
  ["/a/b/..", "/a/", "with the segment before, at the end"],
  ["/a/b/../", "/a/", "with the segment before, slash kept"],
  ["/../../a", "/a", "above the root: dropped"],
  ["/a/b/c/./../../g", "/a/g", "the RFC's example"],
  ["/a//../b", "/a/b", "an empty segment is a segment"],
  ["/%2e%2e/a", "/a", "removed after decoding"],
  ["/a/%2E/b", "/a/b", "removed after decoding"],
  ["/a/.%2e/b", "/b", "removed after decoding"],
  ["/a/..%2fb", "/a/..%2Fb", "an escaped slash ends no segment"],
  ["/a/%2e%2e%2fb", "/a/..%2Fb", "an escaped slash ends no segment"],
  ["/a/..;/b", "/a/..;/b", "with a parameter it is no dot segment"],
  // Raw characters outside the grammar
  ['/"<>[]^`{|}', "/%22%3C%3E%5B%5D%5E%60%7B%7C%7D", "printable ones are escaped"],
  ["/a|b/../c", "/c", "escaped and then removed"],
  // Refused
  ["", null, "no slash"],
  ["a", null, "no slash"],
  ["*", null, "no slash"],
  ["/a#b", null, "raw #"],
  ["/a?b", null, "raw ?"],
  ["/a\\b", null, "raw backslash"],
  ["/a b", null, "raw space"],
  ["/\0", null, "raw NUL"],
  ["/\x1f", null, "control"],
  ["/\x7f", null, "DEL"],
  ["/é", null, "raw non-ASCII"],
  ["/€", null, "raw non-ASCII"],
  ["/%", null, "cut escape"],
  ["/%4", null, "cut escape"],
  ["/%zz", null, "no hex"],
  ["/%4g", null, "no hex"],
  ["/%+1", null, "no hex"],
  ["/%00", null, "escaped NUL"],
  ["/%c0%af", null, "overlong slash"],
  ["/%c1%bf", null, "overlong"],
  ["/%e0%80%af", null, "overlong of three"],
  ["/%f0%80%80%af", null, "overlong of four"],
  ["/%80", null, "continuation alone"],
  ["/%c3", null, "cut sequence"],
  ["/%c3a", null, "cut sequence"],
  ["/%c3%41", null, "no continuation"],
  ["/%c3/", null, "cut by a slash"],
  ["/%ed%a0%80", null, "surrogate"],
  ["/%f4%90%80%80", null, "above U+10FFFF"],
  ["/%f5%80%80%80", null, "above U+10FFFF"],
  ["/%ff", null, "not UTF-8"],
];

describe("canonical path", () => {
  test.each(PATHS)("%j gives %j: %s", (raw, canonical) => {
    expect(canonicalPath(raw)).toBe(canonical);
  });

  test("the canonical form of a canonical form is itself", () => {
    for (const [, canonical] of PATHS) if (canonical !== null) expect(canonicalPath(canonical)).toBe(canonical);
  });

  test("every single character is refused, kept or escaped, and nothing else", () => {
    for (let code = 0; code < 256; code++) {
      const raw = String.fromCharCode(code);
      const canonical = canonicalPath(`/x${raw}`);
      if (canonical !== null && raw !== "%") {
        expect([`/x${raw}`, `/x%${code.toString(16).toUpperCase()}`]).toContain(canonical);
      }
    }
  });

  test("every escape keeps its meaning", () => {
    for (let code = 1; code < 128; code++) {
      const escaped = `%${code.toString(16).padStart(2, "0")}`;
      expect(decodeURIComponent(canonicalPath(`/x${escaped}x`) ?? "")).toBe(decodeURIComponent(`/x${escaped}x`));
    }
  });
});

describe("query", () => {
  test.each(["", "a=1&b=2", "a=%20%ff", "a[]=1&b|c", "?", "/path?x", "a'b"])("%j is passed on", (query) => {
    expect(isQuery(query)).toBe(true);
  });
  test.each(["a#b", "é", "a b", "\0", "%", "%4", "%zz", "a\x7f"])("%j is refused", (query) => {
    expect(isQuery(query)).toBe(false);
  });
});
