import { describe, expect, test } from "vitest";
import { FakeExchange } from "../../test/fakes/exchange.ts";
import { formatForwarded, parseForwarded } from "./forwarded.ts";
import { type ForwardedMode, isForwardedField, pushForwarded } from "./hygiene.ts";
import { nodeAddress, Proxies } from "./proxies.ts";

describe("Forwarded (RFC 7239)", () => {
  test.each([
    ['for="_gazonk"', [{ for: "_gazonk" }]],
    ['For="[2001:db8:cafe::17]:4711"', [{ for: "[2001:db8:cafe::17]:4711" }]],
    ["for=192.0.2.60;proto=http;by=203.0.113.43", [{ for: "192.0.2.60", proto: "http", by: "203.0.113.43" }]],
    ["for=192.0.2.43, for=198.51.100.17", [{ for: "192.0.2.43" }, { for: "198.51.100.17" }]],
    ['for=a ; host="x, y;z" , for=b', [{ for: "a", host: "x, y;z" }, { for: "b" }]],
    ['for="a\\"b"', [{ for: 'a"b' }]],
    ["", []],
    ["for=", null],
    ["for", null],
    ['for="a', null],
    ["for=a b", null],
    ["for=[::1]", null],
  ])("%j", (value, elements) => {
    expect(parseForwarded(value)).toEqual(elements);
  });

  test("a long hostile value costs no more than its length", () => {
    expect(parseForwarded(`for="${"\\a".repeat(50_000)}`)).toBeNull();
  });

  test.each([
    ["192.0.2.1", "a.example", false, "for=192.0.2.1;host=a.example;proto=http"],
    ["2001:db8::1", "a.example:8080", true, 'for="[2001:db8::1]";host="a.example:8080";proto=https'],
    ["192.0.2.1", "", null, "for=192.0.2.1"],
    ["", "", null, "for=unknown"],
  ])("%j %j %j is written %j", (address, host, secure, text) => {
    expect(formatForwarded(address, host, secure)).toBe(text);
    expect(parseForwarded(text)).not.toBeNull();
  });
});

describe("trusted proxies", () => {
  test.each([
    ["192.0.2.1:80", "192.0.2.1"],
    ["[2001:db8::1]:80", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["2001:db8::1", "2001:db8::1"],
    ["192.0.2.1", "192.0.2.1"],
  ])("%j is the address %j", (node, address) => {
    expect(nodeAddress(node)).toBe(address);
  });

  test("networks of both families, single addresses, and nobody by default", () => {
    const proxies = new Proxies(["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"]);
    for (const address of ["10.1.2.3", "192.0.2.1", "2001:db8:1::2"]) expect(proxies.trusts(address)).toBe(true);
    for (const address of ["11.0.0.1", "192.0.2.2", "2001:db9::1", "", "x"])
      expect(proxies.trusts(address)).toBe(false);
    expect(new Proxies([]).trusts("127.0.0.1")).toBe(false);
  });

  test.each(["10.0.0.0/33", "x", "10.0.0.0/-1", "::/129", "10.0.0.0/1.5"])("%j is refused", (network) => {
    expect(() => new Proxies([network])).toThrow(RangeError);
  });
});

class Trusted extends FakeExchange {
  override readonly peerTrusted = true;
}

describe("what the next hop is told", () => {
  const pushed = (exchange: FakeExchange, mode: ForwardedMode): string[] => {
    const headers: string[] = [];
    pushForwarded(headers, exchange, mode);
    return headers;
  };
  const claims = ["x-forwarded-for", "6.6.6.6", "x-forwarded-proto", "https", "forwarded", "for=6.6.6.6"];

  test("claims of an untrusted peer are dropped", () => {
    const exchange = new FakeExchange({ host: "a.example", address: "192.0.2.9", headers: claims });
    expect(pushed(exchange, "x-forwarded")).toEqual([
      "x-forwarded-for",
      "192.0.2.9",
      "x-forwarded-proto",
      "http",
      "x-forwarded-host",
      "a.example",
    ]);
    expect(pushed(exchange, "forwarded")).toEqual(["forwarded", "for=192.0.2.9;host=a.example;proto=http"]);
    expect(pushed(exchange, "both")).toHaveLength(8);
    expect(pushed(exchange, "none")).toEqual([]);
  });

  test("what a trusted proxy said is kept and added to, in both families alike", () => {
    const headers = ["x-forwarded-for", "203.0.113.5", "x-forwarded-host", "shop.example"];
    const exchange = new Trusted({ host: "inner:8080", address: "192.0.2.9", headers, secure: true });
    expect(pushed(exchange, "both")).toEqual([
      "x-forwarded-for",
      "203.0.113.5, 192.0.2.9",
      "x-forwarded-proto",
      "https",
      "x-forwarded-host",
      "shop.example",
      "forwarded",
      'for=203.0.113.5, for=192.0.2.9;host="inner:8080";proto=https',
    ]);
  });

  test("a malformed Forwarded field is not passed on", () => {
    const headers = ["forwarded", 'for="x'];
    const exchange = new Trusted({ host: "a", address: "192.0.2.9", headers });
    expect(pushed(exchange, "forwarded")).toEqual(["forwarded", "for=192.0.2.9;host=a;proto=http"]);
  });

  test("names that never come through by themselves", () => {
    for (const name of ["forwarded", "x-forwarded-for", "x-forwarded-port", "x-forwarded-client-cert", "x-real-ip"]) {
      expect(isForwardedField(name)).toBe(true);
    }
    for (const name of ["from", "x-request-id", "host"]) expect(isForwardedField(name)).toBe(false);
  });
});
