/** What an exchange tells about its request. */
import { expect, test } from "vitest";
import type { Capabilities } from "../capabilities.ts";
import type { Exchange } from "../exchange.ts";
import type { Transport } from "../transport.ts";
import { serveWith } from "./served.ts";

const answer = (exchange: Exchange): void => exchange.respond(200, [], "ok");

export function headSuite(transport: Transport, can: Capabilities): void {
  const serve = serveWith(transport);

  test("method, canonical path, raw query, host and header fields in their order", async () => {
    const served = await serve(answer);
    const client = await served.connect();
    await client.send(
      "PATCH /a/%2e%2e/b%2fc?x=%41&y HTTP/1.1\r\nHost: EXAMPLE.org:8080\r\nX-One: 1\r\nx-two:  2 \r\nX-ONE: 3\r\nEmpty:\r\n\r\n",
    );
    expect((await client.answer()).body).toBe("ok");
    const exchange = served.begun[0]!;
    expect(exchange.method).toBe("PATCH");
    expect(exchange.path).toBe("/b%2Fc");
    expect(exchange.query).toBe("x=%41&y");
    expect(exchange.host).toBe("example.org:8080");
    expect(exchange.headers).toEqual([
      "host",
      "EXAMPLE.org:8080",
      "x-one",
      "1",
      "x-two",
      "2",
      "x-one",
      "3",
      "empty",
      "",
    ]);
    expect(exchange.address).toBe("127.0.0.1");
    expect(exchange.peer).toBe("127.0.0.1");
    expect(exchange.secure).toBe(false);
    expect(exchange.httpVersion).toBe("1.1");
    expect(exchange.body.length).toBe(0);
  });

  test("a head and a body split at every byte give the same requests", async () => {
    const served = await serve((exchange) => {
      let text = "";
      exchange.body.consume({
        chunk: (data) => {
          text += Buffer.from(data).toString("latin1");
        },
        end: () => exchange.respond(200, [], `${exchange.method} ${exchange.path} ${text}`),
        fail: () => exchange.cut(),
      });
    });
    const text =
      "POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" +
      "PUT /two HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    const first = text.indexOf("PUT");
    for (let at = 1; at < text.length; at++) {
      const client = await served.connect();
      // The second request follows the first one's answer: both transports take that.
      await client.send(text.slice(0, Math.min(at, first)));
      await pause();
      if (at < first) await client.send(text.slice(at, first));
      await client.answers("POST");
      if (at > first) {
        await client.send(text.slice(first, at));
        await pause();
      }
      await client.send(text.slice(Math.max(at, first)));
      const answers = await client.answers("POST", "PUT");
      expect(
        answers.map((each) => each.body),
        `split at ${at}`,
      ).toEqual(["POST /one hello", "PUT /two abc"]);
      client.destroy();
    }
  });

  test("field values beyond ASCII come as one character per byte and leave as the same bytes", async () => {
    const served = await serve((exchange) => {
      const value = exchange.headers[exchange.headers.indexOf("x") + 1]!;
      exchange.respond(200, ["x", value], String(value.length));
    });
    const client = await served.connect();
    const utf8 = Buffer.from("(é€)").toString("latin1");
    await client.send(`GET / HTTP/1.1\r\nHost: a\r\nX: ${utf8}\r\n\r\n`);
    const got = await client.answer();
    expect(got.body).toBe("7");
    expect(got.headers).toContainEqual(["x", utf8]);
  });

  test("field values that are not UTF-8", async () => {
    const served = await serve((exchange) => {
      exchange.respond(200, ["x", exchange.headers[exchange.headers.indexOf("x") + 1]!], "");
    });
    const client = await served.connect();
    await client.send("GET / HTTP/1.1\r\nHost: a\r\nX: caf\xe9!\r\n\r\n");
    const got = await client.answer();
    if (can.opaqueValues) expect(got.headers).toContainEqual(["x", "caf\xe9!"]);
    else expect(got.status).toBe(400);
  });

  test("traceparent: the trace is taken over, or made where the field is missing or malformed", async () => {
    const served = await serve((exchange) => exchange.respond(200, [], `${exchange.traceId} ${exchange.spanId}`));
    const client = await served.connect();
    const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    for (const [value, taken] of [
      [`00-${trace}-00f067aa0ba902b7-01`, true],
      [`00-${trace}-00f067aa0ba902b7-01-more`, false],
      [`cc-${trace}-00f067aa0ba902b7-01-more`, true],
      [`ff-${trace}-00f067aa0ba902b7-01`, false],
      [`00-${"0".repeat(32)}-00f067aa0ba902b7-01`, false],
      [`00-${trace}-${"0".repeat(16)}-01`, false],
      [`00-${trace.toUpperCase()}-00f067aa0ba902b7-01`, false],
    ] as const) {
      const each = await served.connect();
      await each.send(`GET / HTTP/1.1\r\nHost: a\r\ntraceparent: ${value}\r\n\r\n`);
      const [traceId, spanId] = (await each.answer()).body.split(" ");
      expect(traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(spanId).toMatch(/^[0-9a-f]{16}$/);
      expect(traceId === trace, value).toBe(taken);
    }
    await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    expect((await client.answer()).body).toMatch(/^[0-9a-f]{32} [0-9a-f]{16}$/);
  });

  test("a trusted proxy in front is believed about address and scheme, from the right", async () => {
    const served = await serve(answer, { trustedProxies: ["127.0.0.0/8", "10.0.0.0/8"] });
    for (const [fields, address, secure] of [
      ["", "127.0.0.1", false],
      ["X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n", "192.0.2.1", true],
      ["X-Forwarded-For: 6.6.6.6, 192.0.2.1, 10.1.2.3\r\n", "192.0.2.1", false],
      ["X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1", false],
      ["X-Forwarded-For: 10.0.0.1, 10.0.0.2\r\n", "10.0.0.1", false],
      ["X-Forwarded-For: 6.6.6.6, junk\r\n", "127.0.0.1", false],
      ['Forwarded: for=6.6.6.6, for="[2001:db8::1]:4711";proto=https\r\n', "2001:db8::1", true],
      ['Forwarded: for="192.0.2.7:80";proto=http\r\n', "192.0.2.7", false],
      ["Forwarded: for=unknown\r\n", "127.0.0.1", false],
    ] as const) {
      const client = await served.connect();
      await client.send(`GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`);
      await client.answer();
      const exchange = served.begun.at(-1)!;
      expect(exchange.address, fields).toBe(address);
      expect(exchange.secure, fields).toBe(secure);
      expect(exchange.peer).toBe("127.0.0.1");
      expect(exchange.peerTrusted).toBe(true);
    }
  });

  test("nobody is believed without being trusted", async () => {
    const served = await serve(answer);
    const client = await served.connect();
    await client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n\r\n");
    await client.answer();
    expect(served.begun[0]!.address).toBe("127.0.0.1");
    expect(served.begun[0]!.secure).toBe(false);
    expect(served.begun[0]!.peerTrusted).toBe(false);
  });

  test("absolute form, whose host wins, and `OPTIONS *`", async () => {
    const served = await serve((exchange) =>
      exchange.respond(200, [], `${exchange.host} ${exchange.path} ${exchange.query}`),
    );
    const client = await served.connect();
    if (!can.otherTargets) return;
    await client.send("GET http://Other.example:81/x/../y?q HTTP/1.1\r\nHost: a\r\n\r\n");
    expect((await client.answer()).body).toBe("other.example:81 /y q");
    const bare = await served.connect();
    await bare.send("GET http://other.example?q HTTP/1.1\r\nHost: a\r\n\r\n");
    expect((await bare.answer()).body).toBe("other.example / q");
    const all = await served.connect();
    await all.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    expect((await all.answers("OPTIONS", "GET")).map((each) => each.status)).toEqual([204, 200]);
  });

  test("HTTP/1.0: no Host needed, closed after the answer", async () => {
    const served = await serve((exchange) => {
      exchange.begin(200, [], null);
      exchange.write(Buffer.from("old"));
      exchange.end([]);
    });
    const client = await served.connect();
    if (!can.http10) return;
    await client.send("GET / HTTP/1.0\r\n\r\n");
    const got = await client.answer();
    expect(got.body).toBe("old");
    expect(got.headers.some(([name]) => name === "transfer-encoding")).toBe(false);
    expect(served.begun[0]!.httpVersion).toBe("1.0");
    expect(served.begun[0]!.host).toBe("");
  });

  test("more header bytes than the limit: 431, and closed", async () => {
    const served = await serve(answer, { limits: { headers: 4096 } });
    const client = await served.connect();
    await client.send(`GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(5000)}\r\n\r\n`);
    expect((await client.answer()).status).toBe(431);
    await client.rest();
    expect(served.begun).toHaveLength(0);
    expect(served.refused).toEqual(["headers-too-large"]);
  });

  test("many header fields", async () => {
    const served = await serve(answer);
    const client = await served.connect();
    const count = (can.fieldCount ?? 500) - 1;
    await client.send(`GET / HTTP/1.1\r\nHost: a\r\n${"X: y\r\n".repeat(count - 1)}\r\n`);
    expect((await client.answer()).status).toBe(200);
    expect(served.begun[0]!.headers).toHaveLength(count * 2);
  });

  test("a method is case-sensitive, and reaches the program as sent", async () => {
    const served = await serve((exchange) => exchange.respond(200, [], exchange.method));
    const client = await served.connect();
    await client.send("Post / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    // Some parsers refuse a method that is not registered.
    expect(await client.rest()).toMatch(/^$|^HTTP\/1\.1 (?:4\d\d|501) |\r\n\r\nPost$/);
    for (const exchange of served.begun) expect(exchange.method).toBe("Post");
  });

  test("an Upgrade field is ignored: the answer is an ordinary one", async () => {
    const served = await serve(answer);
    const client = await served.connect();
    await client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    expect((await client.answer()).status).toBe(200);
    await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(await client.answers("GET", "GET")).toHaveLength(2);
  });
}

export function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
