/** Requests that could be read in two ways: refused and closed, so that nothing behind them is ever taken for a request. */
import { expect, test } from "vitest";
import type { Capabilities } from "../capabilities.ts";
import type { Transport } from "../transport.ts";
import { serveWith } from "./served.ts";

const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

/** Heads without the request line and Host; what follows must never be answered. */
const VECTORS: readonly (readonly [string, string])[] = [
  ["two Content-Length", "Content-Length: 0\r\nContent-Length: 37\r\n\r\n"],
  ["two equal Content-Length", "Content-Length: 0\r\nContent-Length: 0\r\n\r\n"],
  ["a list of lengths", "Content-Length: 0, 37\r\n\r\n"],
  ["a signed length", "Content-Length: +0\r\n\r\n"],
  ["a negative length", "Content-Length: -1\r\n\r\n"],
  ["a hexadecimal length", "Content-Length: 0x0\r\n\r\n"],
  ["a length with a space", "Content-Length: 0 0\r\n\r\n"],
  ["an empty length", "Content-Length:\r\n\r\n"],
  ["a huge length", "Content-Length: 99999999999999999999\r\n\r\n"],
  ["length and coding", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["coding and length", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"],
  ["an unknown coding", "Transfer-Encoding: xchunked\r\n\r\n"],
  ["identity", "Transfer-Encoding: identity\r\n\r\n"],
  ["chunked, identity", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"],
  ["chunked twice in a list", "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"],
  ["chunked in two fields", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["an empty coding", "Transfer-Encoding:\r\n\r\n"],
  ["a coding in front", "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"],
  ["a quoted coding", 'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n'],
  ["a space before the colon", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"],
  ["a folded field", "X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["a NUL in a value", "X: a\0b\r\n\r\n"],
  ["a bare CR in a value", "X: a\rb\r\n\r\n"],
  ["a control in a value", "X: a\x01b\r\n\r\n"],
  ["a bad field name", "X(y: z\r\n\r\n"],
];

/** Chunked bodies behind a good head. */
const CHUNKS: readonly (readonly [string, string])[] = [
  ["a chunk size with 0x", "0x3\r\nabc\r\n0\r\n\r\n"],
  ["a signed chunk size", "+3\r\nabc\r\n0\r\n\r\n"],
  ["a chunk size with an underscore", "0_3\r\nabc\r\n0\r\n\r\n"],
  ["a huge chunk size", "ffffffffffffffffff\r\nabc\r\n0\r\n\r\n"],
  ["no chunk size", "\r\nabc\r\n0\r\n\r\n"],
  ["a chunk longer than its size", "2\r\nabc\r\n0\r\n\r\n"],
];

const HEADS: readonly (readonly [string, string])[] = [
  ["no Host", "GET / HTTP/1.1\r\n\r\n"],
  ["two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"],
  ["an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"],
  ["user info in Host", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"],
  ["a path in Host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"],
  ["a list in Host", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"],
  ["a space in Host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"],
  ["a bad port", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"],
  ["a port out of range", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n"],
  ["`*` with GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a target without a slash", "GET a HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["raw bytes in the target", "GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["raw bytes in the query", "GET /?\xe9 HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a fragment behind the query", "GET /a?b#c HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a bad escape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["an escaped NUL", "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["an overlong escape", "GET /%c0%af HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a bad method", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["HTTP/2.0 on the line", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"],
  ["HTTP/1.9", "GET / HTTP/1.9\r\nHost: a\r\n\r\n"],
  ["CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n"],
  ["a field before the first line's end", "GET /\r\nHost: a\r\n\r\n"],
  ["a space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"],
];

export function framingSuite(transport: Transport, can: Capabilities): void {
  const serve = serveWith(transport);

  // Some builds leave a malformed head to their idle time; the smuggled request must not be answered in any case.
  const refuses = async (text: string, reaches: boolean, blind = false): Promise<void> => {
    const served = await serve((exchange) => {
      exchange.body.consume({
        chunk: () => {},
        end: () => exchange.respond(200, [], exchange.path),
        fail: () => {
          exchange.closeAfter();
          exchange.respond(400, [], "refused");
        },
      });
    });
    const client = await served.connect();
    await client.send(text);
    if (can.answersMalformed) await client.rest();
    else {
      client.socket.end();
      await client.rest();
    }
    if (!blind) expect(client.text).not.toContain("HTTP/1.1 200");
    expect(served.begun.some((exchange) => exchange.path === "/smuggled")).toBe(false);
    if (!reaches) expect(served.begun).toHaveLength(0);
    if (can.answersMalformed) expect(client.text).toMatch(/^HTTP\/1\.1 (?:4\d\d|501|505) [^\r\n]*\r\n/);
    expect(client.text.match(/HTTP\/1\.1 /g) ?? []).toHaveLength(can.answersMalformed ? 1 : client.text === "" ? 0 : 1);
  };

  test.each(VECTORS)("%s", async (_name, fields) => {
    await refuses(`POST / HTTP/1.1\r\nHost: a\r\n${fields}${SMUGGLED}`, false);
  });

  test.each(CHUNKS)("%s", async (_name, body) => {
    await refuses(
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${body}${SMUGGLED}`,
      true,
      !can.strictChunks,
    );
  });

  test.each(HEADS)("%s", async (_name, head) => {
    await refuses(`${head}${SMUGGLED}`, false);
  });

  test.runIf(can.strictNames)("an empty field name", async () => {
    await refuses(`POST / HTTP/1.1\r\nHost: a\r\n: z\r\n\r\n${SMUGGLED}`, false);
  });

  // The bytes behind "0 CRLF" are a trailer section; taken for the end and a request, they would be a smuggled one.
  test.each([
    ["at once", 0, false],
    ["in a segment of their own", 1, false],
    ["at once, behind a late answer", 0, true],
    ["in a segment of their own, behind a late answer", 1, true],
  ])("trailers that look like a request, %s", async (_name, segments, late) => {
    for (const streams of [false, true]) {
      const served = await serve((exchange) => {
        const answer = (): void => {
          if (!streams) {
            exchange.respond(200, [], "whole");
            return;
          }
          exchange.begin(200, [], 5);
          exchange.write(Buffer.from("piece"));
          exchange.end([]);
        };
        exchange.body.consume({
          chunk: () => {},
          end: () => {
            if (late) setImmediate(answer);
            else answer();
          },
          fail: () => {},
        });
      });
      const client = await served.connect();
      const head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n";
      if (segments === 0) await client.send(`${head}x:${SMUGGLED}`);
      else {
        await client.send(head);
        for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
        await client.send(`x:${SMUGGLED}`);
      }
      client.socket.end();
      await client.rest();
      expect(served.begun.map((exchange) => exchange.path)).toEqual(["/"]);
      expect(client.text.match(/HTTP\/1\.1 200/g)?.length ?? 0).toBeLessThanOrEqual(1);
    }
  });

  test("Chunked in another spelling is the same coding", async () => {
    const served = await serve((exchange) => exchange.respond(200, [], exchange.path));
    const client = await served.connect();
    await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n");
    expect((await client.answer("POST")).status).toBe(can.codingCase ? 200 : 501);
  });

  test("what is refused is told with a problem and its code", async () => {
    const served = await serve((exchange) => exchange.respond(200, [], ""));
    const client = await served.connect();
    await client.send("GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n");
    const answer = await client.answer();
    expect(answer.headers).toContainEqual(["content-type", "application/problem+json"]);
    expect(JSON.parse(answer.body)).toEqual({
      type: "urn:vgw:problem:target-malformed",
      title: "The request target is malformed",
      status: 400,
      code: "target-malformed",
    });
    expect(served.refused).toEqual(["target-malformed"]);
  });
}
