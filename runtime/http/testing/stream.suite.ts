/** Answers sent piece by piece. */
import { expect, test } from "vitest";
import type { Capabilities } from "../capabilities.ts";
import type { Exchange } from "../exchange.ts";
import type { Transport } from "../transport.ts";
import { serveWith } from "./served.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Writes until `total` bytes were handed over, waiting whenever the client is slower. */
export async function pour(exchange: Exchange, total: number, chunk: Uint8Array): Promise<void> {
  for (let sent = 0; sent < total; sent += chunk.length) {
    if (exchange.aborted) return;
    if (!exchange.write(chunk.subarray(0, Math.min(chunk.length, total - sent)))) {
      await new Promise<void>((resolve) => exchange.onDrain(resolve));
    }
  }
}

export function streamSuite(transport: Transport, can: Capabilities): void {
  const serve = serveWith(transport);

  for (const length of [10, null]) {
    const kind = length === null ? "chunked" : "of known length";

    test(`pieces from several ticks, ${kind}`, async () => {
      const served = await serve(async (exchange) => {
        exchange.begin(200, ["x", "y"], length);
        exchange.write(Buffer.from("01234"));
        await later();
        exchange.write(Buffer.from("567"));
        exchange.write(new Uint8Array(0));
        exchange.write(Buffer.from("89"));
        exchange.end([]);
      });
      const client = await served.connect();
      for (let round = 1; round <= 3; round++) {
        await client.send(GET);
        const answers = await client.answers(...Array<string>(round).fill("GET"));
        const answer = answers[round - 1]!;
        expect(answer.body).toBe("0123456789");
        expect(answer.headers).toContainEqual(["x", "y"]);
        const framing = answer.headers.filter(([name]) => name === "content-length" || name === "transfer-encoding");
        expect(framing).toEqual([length === null ? ["transfer-encoding", "chunked"] : ["content-length", "10"]]);
      }
      await served.ended(3);
      expect(served.done.map((exchange) => exchange.bytesSent)).toEqual([10, 10, 10]);
    });

    test(`everything at once, ${kind}`, async () => {
      const served = await serve((exchange) => {
        exchange.begin(200, [], length);
        exchange.write(Buffer.from("01234"));
        exchange.write(Buffer.from("56789"));
        exchange.end([]);
      });
      const client = await served.connect();
      await client.send(GET);
      expect((await client.answer()).body).toBe("0123456789");
    });

    test(`HEAD and 304, ${kind}`, async () => {
      const served = await serve(async (exchange) => {
        exchange.begin(exchange.path === "/304" ? 304 : 200, [], length);
        exchange.write(Buffer.from("01234"));
        await later();
        exchange.end([]);
      });
      const client = await served.connect();
      await client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
      const [head] = await client.answers("HEAD");
      expect(head!.headers.filter(([name]) => name === "content-length")).toEqual(
        length === null ? [] : [["content-length", "10"]],
      );
      await client.send("GET /304 HTTP/1.1\r\nHost: a\r\n\r\n");
      expect((await client.answers("HEAD", "GET"))[1]!.status).toBe(304);
      await client.send("HEAD /304 HTTP/1.1\r\nHost: a\r\n\r\n");
      expect(await client.answers("HEAD", "GET", "HEAD")).toHaveLength(3);
      expect(client.text.endsWith("\r\n\r\n")).toBe(true);
    });

    test(`a client that does not read holds the writer back, ${kind}`, async () => {
      const chunk = Buffer.alloc(64 * 1024, 98);
      const total = 64 * 1024 * 1024;
      let handed = 0;
      let held = false;
      let finished = false;
      const served = await serve(async (exchange) => {
        exchange.begin(200, [], length === null ? null : total);
        while (handed < total) {
          const room = exchange.write(chunk);
          handed += chunk.length;
          if (!room) {
            held = true;
            await new Promise<void>((resolve) => exchange.onDrain(resolve));
          }
        }
        exchange.end([]);
        finished = true;
      });
      const client = await served.connect({ paused: true });
      await client.send(GET);
      while (!held) await later();
      // What the kernel's buffers take on both sides differs by machine; far from everything must fit.
      for (let turn = 0; turn < 200; turn++) await later();
      expect(handed).toBeLessThan(total / 2);
      expect(finished).toBe(false);
      client.socket.resume();
      while (client.length < total && !client.ended) await client.change();
      await served.ended(1);
      expect(finished).toBe(true);
      expect(served.done[0]!.bytesSent).toBe(total);
      await client.send(GET);
    });

    test(`cut: the client can tell, ${kind}`, async () => {
      const served = await serve(async (exchange) => {
        exchange.begin(200, [], length);
        exchange.write(Buffer.from("01234"));
        await later();
        exchange.cut();
        exchange.write(Buffer.from("56789"));
        exchange.end([]);
      });
      const client = await served.connect();
      await client.send(GET);
      const text = await client.rest();
      expect(text).not.toContain("56789");
      expect(text).not.toContain("\r\n0\r\n");
      await served.ended(1);
      expect(served.done).toHaveLength(1);
    });
  }

  test("fewer bytes than announced: cut", async () => {
    const served = await serve((exchange) => {
      exchange.begin(200, [], 10);
      exchange.write(Buffer.from("01234"));
      exchange.end([]);
    });
    const client = await served.connect();
    await client.send(GET);
    const text = await client.rest();
    expect(text.endsWith("01234") || text === "").toBe(true);
    await served.ended(1);
  });

  test("more bytes than announced: none of them gets out behind the answer", async () => {
    const served = await serve(async (exchange) => {
      exchange.begin(200, [], 5);
      exchange.write(Buffer.from("0123"));
      await later();
      exchange.write(Buffer.from("4HTTP/1.1 200 OK"));
      exchange.end([]);
    });
    const client = await served.connect();
    await client.send(GET);
    const text = await client.rest();
    expect(text.match(/HTTP\/1\.1 200/g) ?? []).toHaveLength(1);
    await served.ended(1);
  });

  test("an empty streamed answer", async () => {
    const served = await serve((exchange) => {
      exchange.begin(200, [], exchange.path === "/zero" ? 0 : null);
      exchange.end([]);
    });
    const client = await served.connect();
    await client.send("GET /zero HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.answers("GET");
    await client.send(GET);
    expect((await client.answers("GET", "GET")).map((answer) => answer.body)).toEqual(["", ""]);
  });

  test("the head goes ahead of the body", async () => {
    let release = (): void => {};
    const served = await serve(async (exchange) => {
      exchange.begin(200, ["x", "early"], null);
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      exchange.write(Buffer.from("late"));
      exchange.end([]);
    });
    const client = await served.connect();
    await client.send(GET);
    if (can.earlyHead) await client.until((text) => text.includes("x: early\r\n"));
    else while (served.begun.length === 0) await later();
    release();
    expect((await client.answer()).body).toBe("late");
  });

  test("trailers: sent where they can be, and only sound ones", async () => {
    const served = await serve((exchange) => {
      exchange.begin(200, [], null);
      exchange.write(Buffer.from("body"));
      exchange.end(["x-sum", "1\r\nx: 2", "content-length", "9", "authorization", "x"]);
    });
    const client = await served.connect();
    await client.send(GET);
    const answer = await client.answer();
    expect(answer.body).toBe("body");
    expect(answer.trailers).toBe(can.trailers ? "x-sum: 1  x: 2\r\n" : "");
  });

  test("edits apply to a streamed answer too", async () => {
    const served = await serve((exchange) => {
      exchange.edits = { status: 299, changes: [{ kind: "set", name: "server", value: null }] };
      exchange.begin(200, ["server", "x"], 0);
      exchange.end([]);
    });
    const client = await served.connect();
    await client.send(GET);
    const answer = await client.answer();
    expect(answer.status).toBe(299);
    expect(answer.headers.some(([name]) => name === "server")).toBe(false);
  });
}
