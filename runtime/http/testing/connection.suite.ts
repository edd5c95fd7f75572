/** Connections over several requests: reuse, closing, order, time limits, draining. */
import { expect, test } from "vitest";
import type { Capabilities } from "../capabilities.ts";
import type { Exchange } from "../exchange.ts";
import type { Transport } from "../transport.ts";
import { RawClient } from "./raw-client.ts";
import { serveWith } from "./served.ts";

const get = (path: string, fields = ""): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;
const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const tellPath = (exchange: Exchange): void => exchange.respond(200, [], exchange.path);

export function connectionSuite(transport: Transport, can: Capabilities): void {
  const serve = serveWith(transport);

  test("a hundred requests on one connection", async () => {
    const served = await serve(async (exchange) => {
      if (exchange.path.length % 2 === 0) await later();
      tellPath(exchange);
    });
    const client = await served.connect();
    const methods: string[] = [];
    for (let index = 0; index < 100; index++) {
      methods.push("GET");
      await client.send(get(`/${index}`));
      expect((await client.answers(...methods))[index]!.body).toBe(`/${index}`);
    }
    expect(served.listener.exchanges).toBe(0);
  });

  test("each client's address is its own, whoever else is connected, came or left", async () => {
    const served = await serve((exchange) => exchange.respond(200, [], exchange.address));
    const asked = async (client: RawClient, requests: number): Promise<string | undefined> => {
      await client.send(get("/"));
      return (await client.answers(...Array.from({ length: requests }, () => "GET")))[requests - 1]?.body;
    };
    const first = await served.connect();
    expect(await asked(first, 1)).toBe("127.0.0.1");
    const other = await served.connect({ from: "127.0.0.2" });
    expect([await asked(first, 2), await asked(other, 1)]).toEqual(["127.0.0.1", "127.0.0.2"]);
    first.destroy();
    const third = await served.connect({ from: "127.0.0.3" });
    expect([await asked(other, 2), await asked(third, 1)]).toEqual(["127.0.0.2", "127.0.0.3"]);
  });

  test("requests in one segment, answered at once, in order", async () => {
    const served = await serve(tellPath);
    const client = await served.connect();
    await client.send(get("/1") + get("/2") + get("/3"));
    const answers = await client.answers("GET", "GET", "GET");
    expect(answers.map((answer) => answer.body)).toEqual(["/1", "/2", "/3"]);
  });

  test("requests in one segment whose answers take different time", async () => {
    const served = await serve(async (exchange) => {
      for (let turn = exchange.path === "/1" ? 10 : 1; turn > 0; turn--) await later();
      tellPath(exchange);
    });
    const client = await served.connect();
    await client.send(get("/1") + get("/2"));
    const answers = await client.answers("GET", "GET");
    if (can.pipelining) expect(answers.map((answer) => answer.body)).toEqual(["/1", "/2"]);
    else {
      expect(answers).toHaveLength(0);
      await served.ended(1);
      expect(served.begun[0]!.aborted).toBe(true);
    }
  });

  test.each(["close", "Close", "x, close", "keep-alive,close"])(
    "Connection: %s closes after the answer",
    async (value) => {
      const served = await serve(tellPath);
      const client = await served.connect();
      await client.send(get("/1", `Connection: ${value}\r\n`));
      await client.rest();
      const answer = await client.answer();
      expect(answer.body).toBe("/1");
      expect(answer.headers.filter(([name, text]) => name === "connection" && text === "close")).toHaveLength(1);
    },
  );

  test("Connection: close and a streamed answer", async () => {
    const served = await serve(async (exchange) => {
      exchange.begin(200, [], exchange.path === "/chunked" ? null : 3);
      await later();
      exchange.write(Buffer.from("abc"));
      exchange.end([]);
    });
    for (const path of ["/chunked", "/known"]) {
      const client = await served.connect();
      await client.send(get(path, "Connection: close\r\n"));
      await client.rest();
      const answer = await client.answer();
      expect(answer.body).toBe("abc");
      expect(answer.headers.filter(([name]) => name === "connection")).toEqual([["connection", "close"]]);
    }
  });

  test("closeAfter announces the close, and closes", async () => {
    const served = await serve((exchange) => {
      exchange.closeAfter();
      if (exchange.path === "/whole") exchange.respond(200, [], "x");
      else if (exchange.path === "/none") exchange.respond(204, [], null);
      else {
        exchange.begin(200, [], exchange.path === "/chunked" ? null : 1);
        exchange.write(Buffer.from("x"));
        exchange.end([]);
      }
    });
    for (const path of ["/whole", "/known", "/chunked", "/none"]) {
      const client = await served.connect();
      await client.send(get(path));
      const answer = await client.answer();
      expect(answer.body).toBe(path === "/none" ? "" : "x");
      expect(
        answer.headers.filter(([name]) => name === "connection"),
        path,
      ).toEqual([["connection", "close"]]);
      await client.rest();
    }
  });

  test("a head that does not come to its end in time", async () => {
    if (!can.limits.head) return;
    const served = await serve(tellPath, { limits: { head: 300 } });
    const client = await served.connect();
    await client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ");
    const text = await client.rest();
    expect(text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(text).toContain('"code":"request-timeout"');
    expect(served.refused).toEqual(["request-timeout"]);
  });

  test("silence: an idle connection and a stalled upload are closed, a slow program is not", async () => {
    if (!can.limits.idle) return;
    let answer = (): void => {};
    const served = await serve(
      async (exchange) => {
        if (exchange.path === "/slow") {
          await new Promise<void>((resolve) => {
            answer = resolve;
          });
          tellPath(exchange);
          return;
        }
        exchange.body.consume({ chunk: () => {}, end: () => tellPath(exchange), fail: () => {} });
      },
      { limits: { idle: 200 } },
    );
    const slow = await served.connect();
    await slow.send(get("/slow"));
    const idle = await served.connect();
    const used = await served.connect();
    await used.send(get("/1"));
    const upload = await served.connect();
    await upload.send("POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    await Promise.all([idle.rest(), used.rest(), upload.rest()]);
    await served.ended(2);
    answer();
    expect((await slow.answer()).body).toBe("/slow");
  });

  test("more connections than allowed", async () => {
    if (!can.limits.connections) return;
    const served = await serve(tellPath, { limits: { connections: 1 } });
    const first = await served.connect();
    await first.send(get("/1"));
    await first.answer();
    const second = await RawClient.connect(served.port);
    await second.send(get("/2"));
    expect(await second.rest()).toBe("");
    second.destroy();
  });

  test("draining: what is under way ends, announces the close, and nothing new begins", async () => {
    let answer = (): void => {};
    const served = await serve(async (exchange) => {
      if (exchange.path === "/slow") {
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
      }
      tellPath(exchange);
    });
    const client = await served.connect();
    const other = await served.connect();
    await other.send(get("/1"));
    await other.answer();
    await client.send(get("/slow"));
    while (served.begun.length < 2) await later();
    let drained = false;
    const draining = served.listener.drain().then(() => {
      drained = true;
    });
    await later();
    expect(drained).toBe(false);
    expect(served.listener.exchanges).toBe(1);
    await expect(RawClient.connect(served.port)).rejects.toThrow(/ECONNREFUSED/);
    if (!other.ended) {
      // A connection that the transport could not close at once gets its answer, and is told.
      await other.send(get("/2"));
      const answers = await other.answers("GET", "GET");
      if (answers.length > 1)
        expect(answers[1]!.headers).toContainEqual([expect.stringMatching(/^connection$/), "close"]);
    }
    answer();
    expect((await client.answer()).body).toBe("/slow");
    await draining;
    await served.listener.close();
    await served.listener.closed;
    await client.rest();
  });

  test("closing cuts what is left", async () => {
    let told = 0;
    const served = await serve((exchange) =>
      exchange.onAbort(() => {
        told++;
      }),
    );
    const client = await served.connect();
    await client.send(get("/never"));
    while (served.begun.length === 0) await later();
    const draining = served.listener.drain();
    await served.listener.close();
    await client.rest();
    await draining;
    expect(told).toBe(1);
    expect(served.listener.exchanges).toBe(0);
  });

  test("a port in use is an error with a code", async () => {
    if (!can.descriptor) return;
    const served = await serve(tellPath);
    const options = {
      limits: { body: 1, headers: 4096, idle: 1000, head: 1000, connections: null },
      trustedProxies: [],
    };
    await expect(
      transport.listen({ address: "127.0.0.1", port: served.port, handler: tellPath, ...options }),
    ).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
}
