import { describe, expect, it } from "vitest";
import { mediaSource } from "./data-url.ts";
import { parseDuration, retryAfter } from "./retry-after.ts";

describe("when to ask again", () => {
  it.each([
    [["retry-after-ms", "1500", "retry-after", "9"], 1500],
    [["x-ms-retry-after-ms", "250"], 250],
    [["retry-after", "20"], 20_000],
    [["retry-after", "0.5"], 500],
    [["retry-after", "Thu, 01 Jan 1970 00:01:00 GMT"], 59_000],
    [["retry-after", "Thu, 01 Jan 1970 00:00:00 GMT"], 0],
    [["retry-after-ms", "soon", "retry-after", "1"], 1000],
    [["retry-after", "-5"], null],
    [["retry-after", "999999999999"], 366 * 86_400_000],
    [[], null],
  ])("%j", (headers, expected) => expect(retryAfter(headers, 1000)).toBe(expected));

  it.each([
    ["6m0s", 360_000],
    ["1h2m3s", 3_723_000],
    ["20ms", 20],
    ["1.5s", 1500],
    ["1d", 86_400_000],
    ["", null],
    ["5", null],
    ["s", null],
    ["1x", null],
    [`${"9".repeat(40)}s`, null],
  ])("%s", (text, expected) => expect(parseDuration(text)).toBe(expected));
});

describe("media in a URL", () => {
  it.each([
    ["https://a.example/b.png", { kind: "url", url: "https://a.example/b.png", mediaType: null }],
    ["data:image/png;base64,AAAA", { kind: "base64", mediaType: "image/png", data: "AAAA" }],
    ["DATA:Image/PNG;charset=x;BASE64,AAAA", { kind: "base64", mediaType: "image/png", data: "AAAA" }],
    ["data:;base64,AA", { kind: "base64", mediaType: "text/plain", data: "AA" }],
    ["data:text/plain,hello", null],
    ["data:text/plain;base64", null],
    ["file:///etc/passwd", null],
    ["gs://bucket/x", null],
    ["", null],
  ])("%s", (url, source) => expect(mediaSource(url)).toEqual(source));
});
