/** Request bodies: delivery, holding back, limits, and what happens to those that nobody reads. */
import { expect, test } from "vitest";
import type { Capabilities } from "../capabilities.ts";
import type { Exchange, Headers } from "../exchange.ts";
import type { Transport } from "../transport.ts";
import { serveWith } from "./served.ts";

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const post = (length: number | string, body = ""): string =>
  `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n${body}`;
const CHUNKED = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

export function readAll(exchange: Exchange): Promise<{ text: string; trailers: Headers } | string> {
  return new Promise((resolve) => {
    let text = "";
    exchange.body.consume({
      chunk: (data) => {
        text += Buffer.from(data).toString("latin1");
      },
      end: (trailers) => resolve({ text, trailers }),
      fail: (reason) => resolve(reason),
    });
  });
}

async function echo(exchange: Exchange): Promise<void> {
  const read = await readAll(exchange);
  if (typeof read !== "string") exchange.respond(200, [], read.text);
  else {
    if (read === "too-large") exchange.closeAfter();
    exchange.respond(read === "too-large" ? 413 : 400, [], `failed: ${read}`);
  }
}

export function bodySuite(transport: Transport, can: Capabilities): void {
  const serve = serveWith(transport);

  test("length, chunked and none", async () => {
    const served = await serve(echo);
    const client = await served.connect();
    await client.send(post(5, "hello"));
    await client.answers("POST");
    await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.answers("POST", "GET");
    await client.send(`${CHUNKED}3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n`);
    const answers = await client.answers("POST", "GET", "POST");
    expect(answers.map((answer) => answer.body)).toEqual(["hello", "", "abcdefg"]);
    expect(served.begun.map((exchange) => exchange.body.length)).toEqual([5, 0, null]);
    expect(served.begun.map((exchange) => exchange.bytesReceived)).toEqual([5, 0, 7]);
  });

  test("chunk extensions mean nothing", async () => {
    const served = await serve(echo);
    const client = await served.connect();
    await client.send(`${CHUNKED}4;ext=1;name="a;b"\r\ndefg\r\n0;last\r\n\r\n`);
    if (can.strictChunks) expect((await client.answer("POST")).body).toBe("defg");
    else expect(await client.rest()).not.toContain(" 200 ");
  });

  test("a body that is asked for late is all there", async () => {
    const served = await serve(async (exchange) => {
      for (let turn = 0; turn < 20; turn++) await later();
      await echo(exchange);
    });
    const client = await served.connect();
    await client.send(post(500_000, "x".repeat(500_000)));
    expect((await client.answer("POST")).body).toBe("x".repeat(500_000));
  });

  test("bytes stay in order over any number of pauses", async () => {
    const served = await serve(async (exchange) => {
      const pieces: Buffer[] = [];
      await new Promise<void>((resolve) =>
        exchange.body.consume({
          chunk: (data) => {
            pieces.push(Buffer.from(data));
            exchange.body.pause();
            setImmediate(() => exchange.body.resume());
          },
          end: () => resolve(),
          fail: () => resolve(),
        }),
      );
      exchange.respond(200, [], Buffer.concat(pieces));
    });
    const client = await served.connect();
    const text = Array.from({ length: 100_000 }, (_, index) => String.fromCharCode(33 + (index % 90))).join("");
    await client.send(post(text.length, text));
    expect((await client.answer("POST")).body).toBe(text);
  });

  test("nothing is delivered while paused, and little is taken from the client", async () => {
    let delivered = 0;
    let paused = false;
    let resume = (): void => {};
    const served = await serve((exchange) => {
      exchange.body.limit = Number.MAX_SAFE_INTEGER;
      exchange.body.consume({
        chunk: (data) => {
          expect(paused).toBe(false);
          delivered += data.length;
          if (delivered === data.length) {
            paused = true;
            exchange.body.pause();
            resume = () => {
              paused = false;
              exchange.body.resume();
            };
          }
        },
        end: () => exchange.respond(200, [], String(delivered)),
        fail: () => exchange.cut(),
      });
    });
    const client = await served.connect();
    const total = 64 * 1024 * 1024;
    const sending = client.send(Buffer.concat([Buffer.from(post(total)), Buffer.alloc(total, 99)]));
    while (!paused) await later();
    for (let turn = 0; turn < 200; turn++) await later();
    expect(served.begun[0]!.bytesReceived).toBeLessThan(total / 2);
    resume();
    await sending;
    expect((await client.answer("POST")).body).toBe(String(total));
  });

  test("bytes that nobody asks for are bounded", async () => {
    let ask = (): void => {};
    const served = await serve(async (exchange) => {
      exchange.body.limit = Number.MAX_SAFE_INTEGER;
      await new Promise<void>((resolve) => {
        ask = resolve;
      });
      let total = 0;
      exchange.body.consume({
        chunk: (data) => {
          total += data.length;
        },
        end: () => exchange.respond(200, [], String(total)),
        fail: () => exchange.cut(),
      });
    });
    const client = await served.connect();
    const total = 64 * 1024 * 1024;
    const sending = client.send(Buffer.concat([Buffer.from(post(total)), Buffer.alloc(total, 99)]));
    while (served.begun.length === 0) await later();
    for (let turn = 0; turn < 200; turn++) await later();
    expect(served.begun[0]!.bytesReceived).toBeLessThan(total / 2);
    ask();
    await sending;
    expect((await client.answer("POST")).body).toBe(String(total));
  });

  test("a declared length over the limit is refused before a byte is read", async () => {
    const served = await serve(echo, { limits: { body: 10 } });
    const client = await served.connect();
    await client.send(post(11));
    const answer = await client.answer("POST");
    expect(answer.status).toBe(413);
    expect(answer.headers).toContainEqual([expect.stringMatching(/^connection$/), "close"]);
    client.socket.end();
    await client.rest();
    await served.ended(1);
  });

  test("a declared length of ten digits", async () => {
    const served = await serve((exchange) => exchange.respond(200, [], String(exchange.body.length)), {
      limits: { body: 2_000_000_000 },
    });
    const client = await served.connect();
    await client.send(post(1_000_000_000, "x"));
    if (can.declaredLength === null) {
      const answer = await client.answer("POST");
      expect(answer.body).toBe("1000000000");
      expect(answer.headers).toContainEqual([expect.stringMatching(/^connection$/), "close"]);
      return;
    }
    expect(await client.rest()).toBe("");
    expect(served.begun).toHaveLength(0);
    expect(served.refused).toEqual(["body-too-large"]);
  });

  test("a body exactly as long as the limit passes", async () => {
    const served = await serve(echo, { limits: { body: 10 } });
    const client = await served.connect();
    await client.send(post(10, "0123456789"));
    await client.answers("POST");
    await client.send(`${CHUNKED}a\r\n0123456789\r\n0\r\n\r\n`);
    expect((await client.answers("POST", "POST")).map((answer) => answer.status)).toEqual([200, 200]);
  });

  test("a chunked body that passes the limit is refused in its middle, and the sender sees it", async () => {
    const served = await serve(echo, { limits: { body: 100_000 } });
    const client = await served.connect();
    await client.send(CHUNKED);
    // A client that writes all before it reads, as many do.
    for (let index = 0; index < 4; index++) await client.send(`ea60\r\n${"x".repeat(60_000)}\r\n`);
    await client.send("0\r\n\r\n");
    const answer = await client.answer("POST");
    expect(answer.status).toBe(413);
    expect(answer.body).toBe("failed: too-large");
  });

  test("a sender that goes on for ever after 413 is cut", async () => {
    const served = await serve(echo, { limits: { body: 1000 } });
    const client = await served.connect();
    await client.send(CHUNKED);
    const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
    let sent = 0;
    while (!client.ended && !client.socket.destroyed && sent < 2000) {
      client.socket.write(chunk);
      sent++;
      await later();
    }
    expect(sent).toBeLessThan(2000);
    await served.ended(1);
  });

  test("a route may raise or lower the limit", async () => {
    const served = await serve(
      (exchange) => {
        exchange.body.limit = exchange.headers.includes("x-low") ? 5 : 20;
        return echo(exchange);
      },
      { limits: { body: 10 } },
    );
    const client = await served.connect();
    await client.send(post(15, "012345678901234"));
    expect((await client.answer("POST")).status).toBe(200);
    const low = await served.connect();
    await low.send("POST / HTTP/1.1\r\nHost: a\r\nX-Low: 1\r\nContent-Length: 6\r\n\r\n012345");
    expect((await low.answer("POST")).status).toBe(413);
  });

  test("a limit that is raised late loses nothing", async () => {
    const served = await serve(
      async (exchange) => {
        for (let turn = 0; turn < 20; turn++) await later();
        exchange.body.limit = 100_000;
        await echo(exchange);
      },
      { limits: { body: 10 } },
    );
    const client = await served.connect();
    await client.send(`${CHUNKED}c350\r\n${"z".repeat(50_000)}\r\n0\r\n\r\n`);
    expect((await client.answer("POST")).body).toBe("z".repeat(50_000));
  });

  test("a body that nobody reads: the next request is understood", async () => {
    const served = await serve((exchange) => exchange.respond(200, [], exchange.method));
    const client = await served.connect();
    await client.send(post(100_000, "y".repeat(50_000)));
    await client.answers("POST");
    await client.send("y".repeat(50_000));
    await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    expect((await client.answers("POST", "GET")).map((answer) => answer.body)).toEqual(["POST", "GET"]);
  });

  test("a chunked body that nobody reads: the next request is understood, or the connection closes", async () => {
    const served = await serve((exchange) => exchange.respond(200, [], exchange.method));
    const client = await served.connect();
    await client.send(`${CHUNKED}5\r\nhello\r\n0\r\n\r\n`);
    const [first] = await client.answers("POST");
    expect(first!.body).toBe("POST");
    await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const answers = await client.answers("POST", "GET");
    if (answers.length === 1) expect(first!.headers).toContainEqual(["connection", "close"]);
    else expect(answers[1]!.body).toBe("GET");
    expect(served.begun.every((exchange) => exchange.path === "/")).toBe(true);
  });

  test("an answer before the body is through: the sink hears of it once", async () => {
    const heard: string[] = [];
    const served = await serve((exchange) => {
      exchange.body.consume({
        chunk: () => exchange.respond(200, [], "early"),
        end: () => {
          heard.push("end");
          exchange.respond(200, [], "next");
        },
        fail: (reason) => heard.push(reason),
      });
    });
    const client = await served.connect();
    await client.send(post(100, "x".repeat(50)));
    expect((await client.answers("POST"))[0]!.body).toBe("early");
    await client.send("x".repeat(50));
    await client.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
    expect((await client.answers("POST", "GET"))[1]!.body).toBe("next");
    expect(heard).toEqual(["aborted", "end"]);
  });

  test.each(["whole", "streamed", "streamed with its length"])(
    "an answer (%s) while the body is held back: its rest is thrown away, and the next request is understood",
    async (how) => {
      const heard: string[] = [];
      const served = await serve((exchange) => {
        exchange.body.consume({
          chunk: () => {
            exchange.body.pause();
            setImmediate(() => {
              if (how === "whole") exchange.respond(502, [], "away");
              else {
                exchange.begin(502, [], how === "streamed" ? null : 4);
                exchange.write(Buffer.from("away"));
                exchange.end([]);
              }
            });
          },
          end: () => {
            heard.push("end");
            exchange.respond(200, [], "next");
          },
          fail: (reason) => heard.push(reason),
        });
      });
      const client = await served.connect();
      // More than the kernel keeps for a reader that has stopped, and in all less than what is thrown away at most.
      const rest = 900_000;
      await client.send(post(rest + 10, "x".repeat(10)));
      expect((await client.answers("POST"))[0]!.body).toBe("away");
      await client.send("x".repeat(rest));
      await client.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
      expect((await client.answers("POST", "GET"))[1]?.body).toBe("next");
      expect(heard).toEqual(["aborted", "end"]);
    },
  );

  test("Expect: 100-continue", async () => {
    const served = await serve(echo);
    const client = await served.connect();
    await client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    await client.until((text) => text.includes("HTTP/1.1 100 Continue\r\n\r\n"));
    await client.send("ok");
    expect((await client.answer("POST")).body).toBe("ok");
  });

  test("Expect: 100-continue where the answer comes without reading", async () => {
    const served = await serve((exchange) => exchange.respond(403, [], "no"));
    const client = await served.connect();
    await client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    const answer = await client.answer("POST");
    expect(answer.status).toBe(403);
    if (can.informational) {
      expect(client.text).not.toContain("100 Continue");
      expect(answer.headers).toContainEqual(["connection", "close"]);
    }
  });

  test("another expectation: 417", async () => {
    const served = await serve(echo);
    const client = await served.connect();
    await client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nContent-Length: 2\r\n\r\nok");
    expect((await client.answer("POST")).status).toBe(417);
    await client.rest();
  });

  test("trailers of a request", async () => {
    const served = await serve(async (exchange) => {
      const read = await readAll(exchange);
      exchange.respond(200, [], typeof read === "string" ? read : `${read.text} ${read.trailers.join("=")}`);
    });
    const client = await served.connect();
    await client.send(`${CHUNKED}2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n`);
    if (can.trailers) expect((await client.answer("POST")).body).toBe("hi x-sum=7");
    else expect(await client.rest()).toMatch(/^HTTP\/1\.1 (?:200|505) /);
  });

  test("a broken chunk", async () => {
    const served = await serve(echo);
    const client = await served.connect();
    await client.send(`${CHUNKED}2\r\nhi\r\nxyz\r\n`);
    const text = await client.rest();
    if (can.answersMalformed) expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).not.toContain("200 OK");
    await served.ended(1);
  });
}
