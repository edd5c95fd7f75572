/** Answers given in one piece. */
import { expect, test } from "vitest";
import type { Capabilities } from "../capabilities.ts";
import type { Exchange } from "../exchange.ts";
import type { Transport } from "../transport.ts";
import type { ParsedAnswer } from "./raw-client.ts";
import { serveWith } from "./served.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

const values = (answer: ParsedAnswer, name: string): string[] =>
  answer.headers.filter((field) => field[0] === name).map((field) => field[1]);

export function answerSuite(transport: Transport, can: Capabilities): void {
  const serve = serveWith(transport);
  const ask = async (handler: (exchange: Exchange) => void | Promise<void>, request = GET): Promise<ParsedAnswer> => {
    const client = await (await serve(handler)).connect();
    await client.send(request);
    return client.answer(request.slice(0, request.indexOf(" ")));
  };

  for (const late of [false, true]) {
    const when = late ? "from a later tick" : "at once";
    const turn = late ? new Promise<void>((resolve) => setImmediate(resolve)) : undefined;

    test(`status, fields, length and one Date, ${when}`, async () => {
      const answer = await ask(async (exchange) => {
        if (turn !== undefined) await turn;
        exchange.respond(201, ["x-a", "1", "x-a", "2", "content-type", "text/plain"], "héllo");
      });
      expect(answer.status).toBe(201);
      expect(values(answer, "x-a")).toEqual(["1", "2"]);
      expect(values(answer, "content-length")).toEqual(["6"]);
      expect(values(answer, "transfer-encoding")).toEqual([]);
      expect(values(answer, "date")).toHaveLength(1);
      expect(Buffer.from(answer.body, "latin1").toString("utf8")).toBe("héllo");
    });

    test(`bytes and an empty body, ${when}`, async () => {
      const served = await serve(async (exchange) => {
        if (turn !== undefined) await turn;
        exchange.respond(200, [], exchange.path === "/bytes" ? new Uint8Array([0, 255, 10]) : null);
      });
      const client = await served.connect();
      await client.send("GET /bytes HTTP/1.1\r\nHost: a\r\n\r\n");
      expect((await client.answers("GET"))[0]!.body).toBe("\0\xff\n");
      await client.send(GET);
      const [, empty] = await client.answers("GET", "GET");
      expect(empty!.body).toBe("");
      expect(values(empty!, "content-length")).toEqual(["0"]);
    });

    test(`HEAD tells GET's length, sends no body and keeps the connection, ${when}`, async () => {
      const served = await serve(async (exchange) => {
        if (turn !== undefined) await turn;
        exchange.respond(200, [], "seven..");
      });
      const client = await served.connect();
      await client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
      const [head] = await client.answers("HEAD");
      expect(values(head!, "content-length")).toEqual(["7"]);
      await client.send(GET);
      const answers = await client.answers("HEAD", "GET");
      expect(answers[1]!.body).toBe("seven..");
      await served.ended(2);
      expect(served.done.map((exchange) => exchange.bytesSent)).toEqual([0, 7]);
    });

    test.each([204, 304])(`%i has no body and no misleading length, ${when}`, async (status) => {
      const served = await serve(async (exchange) => {
        if (turn !== undefined) await turn;
        exchange.respond(exchange.path === "/" ? status : 200, [], "not sent");
      });
      const client = await served.connect();
      await client.send(GET);
      const [first] = await client.answers("GET");
      expect(first!.status).toBe(status);
      if (status === 204) expect(values(first!, "content-length")).toEqual([]);
      expect(values(first!, "transfer-encoding")).toEqual([]);
      await client.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
      expect((await client.answers("GET", "GET"))[1]!.body).toBe("not sent");
    });
  }

  test("only the first answer counts", async () => {
    const served = await serve((exchange) => {
      exchange.respond(200, [], "one");
      exchange.respond(500, [], "two");
      exchange.begin(500, [], null);
      exchange.write(Buffer.from("three"));
      exchange.end([]);
      exchange.cut();
    });
    const client = await served.connect();
    await client.send(GET);
    await client.answers("GET");
    await client.send(GET);
    expect((await client.answers("GET", "GET")).map((answer) => answer.body)).toEqual(["one", "one"]);
    expect(served.done.map((exchange) => exchange.status)).toEqual([200, 200]);
  });

  test("edits apply to whatever answer leaves", async () => {
    const answer = await ask((exchange) => {
      exchange.edits = {
        status: 418,
        changes: [
          { kind: "set", name: "b", value: "new" },
          { kind: "set", name: "c", value: null },
          { kind: "add", name: "set-cookie", value: "x=1" },
          { kind: "add", name: "set-cookie", value: "y=2" },
          { kind: "set", name: "d", value: "last" },
        ],
      };
      exchange.respond(200, ["a", "1", "b", "2", "b", "3", "c", "4"], "");
    });
    expect(answer.status).toBe(418);
    expect(answer.headers.filter(([name]) => ["a", "b", "c", "d", "set-cookie"].includes(name))).toEqual([
      ["a", "1"],
      ["b", "new"],
      ["set-cookie", "x=1"],
      ["set-cookie", "y=2"],
      ["d", "last"],
    ]);
  });

  test("a value never begins another field, and framing fields are the transport's own", async () => {
    const answer = await ask((exchange) =>
      exchange.respond(
        200,
        [
          ["x", "a\r\nset-cookie: stolen=1"],
          ["y", "a\0b\x7fc"],
          ["bad name", "z"],
          ["bad\r\nname", "z"],
          ["content-length", "1"],
          ["transfer-encoding", "chunked"],
          ["connection", "close"],
          ["keep-alive", "timeout=1"],
          ["upgrade", "x"],
        ].flat(),
        "whole",
      ),
    );
    expect(values(answer, "set-cookie")).toEqual([]);
    expect(values(answer, "x")[0]).toMatch(/^a {2}set-cookie: stolen=1$/);
    expect(values(answer, "y")).toEqual(["a b c"]);
    expect(values(answer, "content-length")).toEqual(["5"]);
    for (const name of ["transfer-encoding", "connection", "keep-alive", "upgrade", "bad name"]) {
      expect(values(answer, name)).toEqual([]);
    }
    expect(answer.body).toBe("whole");
  });

  test("a Date that was given", async () => {
    const answer = await ask((exchange) => exchange.respond(200, ["date", "Tue, 15 Nov 1994 08:12:31 GMT"], ""));
    expect(values(answer, "date")).toHaveLength(1);
    expect(values(answer, "date")[0] === "Tue, 15 Nov 1994 08:12:31 GMT").toBe(can.passesDate);
  });

  test("1xx go before the final answer where they can", async () => {
    const served = await serve((exchange) => {
      exchange.informational(103, ["link", "</a.css>; rel=preload"]);
      exchange.informational(101, []);
      exchange.informational(200, []);
      exchange.respond(200, [], "final");
    });
    const client = await served.connect();
    await client.send(GET);
    expect((await client.answer()).body).toBe("final");
    expect(
      client.text.startsWith("HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\n"),
    ).toBe(can.informational);
    expect(client.text.match(/HTTP\/1\.1/g)).toHaveLength(can.informational ? 2 : 1);
  });

  test("a handler that throws or rejects: 500 with a problem, and the connection lives", async () => {
    const served = await serve((exchange) => {
      if (exchange.path === "/sync") throw new Error("sync");
      return Promise.reject(new Error("async"));
    });
    const client = await served.connect();
    await client.send("GET /sync HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.answers("GET");
    await client.send("GET /async HTTP/1.1\r\nHost: a\r\n\r\n");
    for (const answer of await client.answers("GET", "GET")) {
      expect(answer.status).toBe(500);
      expect(values(answer, "content-type")).toEqual(["application/problem+json"]);
      expect(JSON.parse(answer.body)).toMatchObject({ status: 500, code: "program-failed" });
      expect(answer.body).not.toContain("sync");
    }
    expect(served.failures.map(String)).toEqual(["Error: sync", "Error: async"]);
  });

  test("a handler that fails behind its head: the answer is cut", async () => {
    const served = await serve(async (exchange) => {
      exchange.begin(200, [], null);
      exchange.write(Buffer.from("begun"));
      await Promise.resolve();
      throw new Error("late");
    });
    const client = await served.connect();
    await client.send(GET);
    const text = await client.rest();
    expect(text).not.toContain("0\r\n\r\n");
    expect(served.failures).toHaveLength(1);
  });

  test("a whole answer larger than the socket takes at once arrives whole", async () => {
    const served = await serve((exchange) => exchange.respond(200, [], Buffer.alloc(20_000_000, 97)));
    const client = await served.connect();
    await client.send(GET);
    while (client.length < 20_000_000) await client.change();
    await client.send(GET);
    while (client.length < 40_000_000) await client.change();
    expect(client.length).toBeLessThan(40_001_000);
  });
}
