import { expect, test } from "vitest";
import { splitAuthority } from "./authority.ts";
import { methodName } from "./method.ts";
import { routeTemplate } from "./server-span.ts";
import { SpanText } from "./span-text.ts";

const identity = { traceId: "a".repeat(32), spanId: "b".repeat(16), parentId: "c".repeat(16), remoteParent: true };

test("a span is the JSON of the protocol: 64-bit numbers as texts, enumerations as numbers", () => {
  const span = new SpanText(identity, "server", "GET /a", 1_793_000_000_123.25, 1_793_000_000_124)
    .text("t", 'a "quoted"\n\ud800 text')
    .text("empty", "")
    .integer("i", 2 ** 40)
    .double("d", 0.000123)
    .flag("f", true)
    .texts("l", ["x", "y"])
    .texts("none", [])
    .failed("timeout", "late");
  expect(JSON.parse(span.toString())).toEqual({
    traceId: identity.traceId,
    spanId: identity.spanId,
    parentSpanId: identity.parentId,
    flags: 0x301,
    name: "GET /a",
    kind: 2,
    startTimeUnixNano: "1793000000123250000",
    endTimeUnixNano: "1793000000124000000",
    attributes: [
      { key: "t", value: { stringValue: 'a "quoted"\n\ufffd text' } },
      { key: "i", value: { intValue: "1099511627776" } },
      { key: "d", value: { doubleValue: 0.000123 } },
      { key: "f", value: { boolValue: true } },
      { key: "l", value: { arrayValue: { values: [{ stringValue: "x" }, { stringValue: "y" }] } } },
      { key: "error.type", value: { stringValue: "timeout" } },
    ],
    status: { code: 2, message: "late" },
  });
});

test("a span that begins a trace has no parent, and none ends before it begins", () => {
  const span = new SpanText({ ...identity, parentId: "", remoteParent: false }, "client", "x", 5, 4);
  const told = JSON.parse(span.toString());
  expect(told).toMatchObject({ flags: 0x101, kind: 3, startTimeUnixNano: "5000000", endTimeUnixNano: "5000000" });
  expect(told).not.toHaveProperty("parentSpanId");
  expect(told).not.toHaveProperty("status");
});

test("texts and lists are bounded, whatever a client sends", () => {
  const long = `${"x".repeat(1023)}😀${"y".repeat(100_000)}`;
  const span = new SpanText(identity, "client", "x", 0, 0).text("t", long).texts("l", Array(1000).fill("z"));
  const [text, list] = JSON.parse(span.toString()).attributes;
  expect(text.value.stringValue).toBe(`${"x".repeat(1023)}\ufffd`);
  expect(list.value.arrayValue.values).toHaveLength(32);
});

test.each([
  ["GET /orders/{id: uuid}", "/orders/{id}"],
  ["GET /hello/{name: string(1..40)}", "/hello/{name}"],
  ["GET /catalogue/{path...}", "/catalogue/{path}"],
  ["* /{name}.webp", "/{name}.webp"],
  ["GET /", "/"],
  ["", ""],
  ["redirect", ""],
])("the route %j is the template %j", (route, template) => {
  expect(routeTemplate(route)).toBe(template);
});

test.each([
  ["example.com", "https", "example.com", 443],
  ["example.com:8080", "http", "example.com", 8080],
  ["[::1]", "http", "::1", 80],
  ["[::1]:9000", "http", "::1", 9000],
  ["", "http", "", 80],
] as const)("%j over %s is %j and %i", (authority, scheme, address, port) => {
  expect(splitAuthority(authority, scheme)).toEqual({ address, port });
});

test("a method that nobody knows is one name", () => {
  expect(methodName("PATCH")).toBe("PATCH");
  expect(methodName("M-SEARCH")).toBe("_OTHER");
});
