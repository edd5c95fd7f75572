/** Clients that go away, and handlers that write on. */
import { expect, test } from "vitest";
import type { Capabilities } from "../capabilities.ts";
import type { Exchange } from "../exchange.ts";
import type { Transport } from "../transport.ts";
import { serveWith } from "./served.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function writesAreHarmless(exchange: Exchange): void {
  exchange.respond(200, [], "x");
  exchange.informational(103, []);
  exchange.begin(200, [], 1);
  expect(exchange.write(Buffer.from("x"))).toBe(true);
  exchange.end([]);
  exchange.cut();
  exchange.closeAfter();
  exchange.body.pause();
  exchange.body.resume();
}

export function abortSuite(transport: Transport, can: Capabilities): void {
  const serve = serveWith(transport);

  test("before the answer: told once, and every write afterwards is nothing", async () => {
    let told = 0;
    const served = await serve((exchange) =>
      exchange.onAbort(() => {
        told++;
      }),
    );
    const client = await served.connect();
    await client.send(GET);
    while (served.begun.length === 0) await later();
    client.destroy();
    await served.ended(1);
    expect(told).toBe(1);
    const exchange = served.begun[0]!;
    expect(exchange.aborted).toBe(true);
    writesAreHarmless(exchange);
    await later();
    expect(told).toBe(1);
    expect(served.done).toHaveLength(1);
  });

  test("with several requests waiting on the connection: each is told, and each ends", async () => {
    let told = 0;
    const served = await serve((exchange) =>
      exchange.onAbort(() => {
        told++;
      }),
    );
    const client = await served.connect();
    await client.send(GET.repeat(3));
    // Where requests cannot wait behind each other, the second closes the connection.
    const many = can.pipelining ? 3 : 1;
    while (served.begun.length < many) await later();
    client.destroy();
    await served.ended(many);
    await later();
    expect({ told, begun: served.begun.length, ended: served.done.length }).toEqual({
      told: many,
      begun: many,
      ended: many,
    });
    expect(served.listener.exchanges).toBe(0);
  });

  test("in the middle of an answer, also one that waits for room", async () => {
    const events: string[] = [];
    const served = await serve((exchange) => {
      exchange.begin(200, [], exchange.path === "/known" ? 1_000_000_000 : null);
      exchange.onAbort(() => events.push("abort"));
      exchange.onDrain(() => events.push("drain"));
      while (exchange.write(Buffer.alloc(1_000_000))) {
        // Until the client is slower.
      }
      events.length = 0;
    });
    for (const path of ["/known", "/chunked"]) {
      const client = await served.connect({ paused: true });
      await client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      const count = served.done.length;
      while (served.begun.length === count) await later();
      client.destroy();
      await served.ended(count + 1);
      expect(events.filter((event) => event === "abort")).toHaveLength(1);
      writesAreHarmless(served.begun[count]!);
      events.length = 0;
    }
  });

  test("in the middle of an upload, while reading and before", async () => {
    for (const reads of [true, false]) {
      const events: string[] = [];
      const served = await serve((exchange) => {
        exchange.onAbort(() => events.push("abort"));
        if (reads) {
          exchange.body.consume({
            chunk: () => {},
            end: () => events.push("end"),
            fail: (reason) => events.push(reason),
          });
        }
      });
      const client = await served.connect();
      await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
      while (served.begun.length === 0) await later();
      client.destroy();
      await served.ended(1);
      expect(events.sort()).toEqual(reads ? ["abort", "aborted"] : ["abort"]);
      if (reads) continue;
      served.begun[0]!.body.consume({
        chunk: () => events.push("chunk"),
        end: () => events.push("end"),
        fail: (reason) => events.push(reason),
      });
      expect(events).toEqual(["abort", "aborted"]);
    }
  });

  test("after a complete answer nobody is told", async () => {
    let told = false;
    const served = await serve((exchange) => {
      exchange.onAbort(() => {
        told = true;
      });
      exchange.respond(200, [], "x");
    });
    const client = await served.connect();
    await client.send(GET);
    await client.answer();
    client.destroy();
    for (let turn = 0; turn < 20; turn++) await later();
    expect(told).toBe(false);
    expect(served.done[0]!.aborted).toBe(false);
  });

  test("cutting is not the client's doing", async () => {
    let told = false;
    const served = await serve((exchange) => {
      exchange.onAbort(() => {
        told = true;
      });
      exchange.cut();
    });
    const client = await served.connect();
    await client.send(GET);
    expect(await client.rest()).toBe("");
    await served.ended(1);
    expect(told).toBe(false);
    expect(served.done).toHaveLength(1);
  });

  test("a receiver or listener that throws ends its own request, and nothing else", async () => {
    const served = await serve((exchange) => {
      const fails = (): never => {
        throw new Error(exchange.path);
      };
      if (exchange.path === "/good") exchange.respond(200, [], "good");
      else if (exchange.path === "/abort") exchange.onAbort(fails);
      else if (exchange.path === "/drain") {
        exchange.begin(200, [], null);
        exchange.onDrain(fails);
        while (exchange.write(Buffer.alloc(1_000_000))) {
          // Until the client is slower.
        }
      } else {
        exchange.body.consume({
          chunk: exchange.path === "/chunk" ? fails : () => {},
          end: exchange.path === "/end" ? fails : () => {},
          fail: () => {},
        });
      }
    });
    for (const path of ["/chunk", "/end"]) {
      const client = await served.connect();
      await client.send(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc`);
      expect((await client.answer("POST")).status).toBe(500);
    }
    const slow = await served.connect({ paused: true });
    await slow.send("GET /drain HTTP/1.1\r\nHost: a\r\n\r\n");
    while (served.begun.length < 3) await later();
    slow.socket.resume();
    await slow.rest();
    const gone = await served.connect();
    await gone.send("GET /abort HTTP/1.1\r\nHost: a\r\n\r\n");
    while (served.begun.length < 4) await later();
    gone.destroy();
    await served.ended(4);
    expect(served.failures.map(String)).toEqual(["/chunk", "/end", "/drain", "/abort"].map((path) => `Error: ${path}`));
    const client = await served.connect();
    await client.send("GET /good HTTP/1.1\r\nHost: a\r\n\r\n");
    expect((await client.answer()).body).toBe("good");
  });
}
