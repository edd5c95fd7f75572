/**
 * What every `UpstreamClient` must do, against servers that behave and servers that don't. Long because it is one list of
 * promises; what an implementation cannot do is named in its `differences`, with the test that then expects otherwise.
 */
import { Pieces } from "../pieces.ts";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { onRequest, type RawServer, rawServer } from "../../test/fakes/raw-server.ts";
import { SELF_SIGNED } from "../../test/fakes/self-signed.ts";
import {
  type CreateUpstreamClient,
  INFORMATIONAL_LIMIT,
  RESPONSE_HEAD_LIMIT,
  type UpstreamClient,
  type UpstreamClientOptions,
  type UpstreamRequest,
} from "./client.ts";
import { Recorder } from "./testing/recorder.ts";
import { type GoodResponse, goodResponses, malformedResponses } from "./testing/responses.ts";

export interface ClientDifferences {
  /** Takes an unasked-for `100 Continue` for a broken response (RFC 9110 §15.2 would ignore it). */
  readonly refusesContinue: boolean;
  /** Takes `HTTP/2.0` in a status line for HTTP/1.1. */
  readonly takesOtherVersions: boolean;
  /** Does not notice a streamed body of more or fewer bytes than were declared. */
  readonly trustsDeclaredLength: boolean;
  /** Opens a new connection after a response without a body whose end was held back. */
  readonly losesHeldConnections: boolean;
}

export function describeUpstreamClient(
  name: string,
  createClient: CreateUpstreamClient,
  differences: ClientDifferences,
): void {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
  });

  function client(origin: string, options: Partial<UpstreamClientOptions> = {}): UpstreamClient {
    const made = createClient({ origin, connections: 8, connectTimeout: 2000, keepAlive: 30_000, ...options });
    stops.push(() => made.close());
    return made;
  }

  async function raw(connection: Parameters<typeof rawServer>[0]): Promise<RawServer> {
    const server = await rawServer(connection);
    // Before the clients: a client's close waits for what is in flight.
    stops.unshift(() => server.stop());
    return server;
  }

  /** A server that sends these bytes for each request, in pieces, each in a segment of its own. */
  function answering(pieces: readonly string[], options: { readonly thenClose?: boolean } = {}): Promise<RawServer> {
    return raw((socket) => {
      onRequest(socket, () => {
        let index = 0;
        const next = (): void => {
          if (index < pieces.length) socket.write(Buffer.from(pieces[index++]!, "latin1"), () => setImmediate(next));
          else if (options.thenClose === true) socket.end();
        };
        next();
      });
    });
  }

  function get(target = "/", changes: Partial<UpstreamRequest> = {}): UpstreamRequest {
    return { method: "GET", target, headers: [], host: "upstream.example", body: null, idle: 5000, ...changes };
  }

  /** A connection may need a turn of the loop after a response before it takes the next request. */
  function settled(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 10));
  }

  function send(to: UpstreamClient, request: UpstreamRequest): Recorder {
    return new Recorder(to, request);
  }

  describe(name, () => {
    describe("requests", () => {
      async function sent(request: UpstreamRequest, write?: (recorder: Recorder) => void): Promise<string> {
        const seen: string[] = [];
        const server = await raw((socket) => {
          onRequest(socket, (text) => {
            seen.push(text);
            socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
          });
        });
        const recorder = send(client(server.origin), request);
        write?.(recorder);
        expect(await recorder.over).toBe("complete");
        return seen.join("");
      }

      it("sends the target as it is, one Host, and the fields in order", async () => {
        const text = await sent(get("/a%2Fb//c;d?x=%20&y", { headers: ["x-one", "1", "x-two", "é", "x-one", "3"] }));
        const lines = text.split("\r\n");
        expect(lines[0]).toBe("GET /a%2Fb//c;d?x=%20&y HTTP/1.1");
        expect(lines.filter((line) => /^host:/i.test(line))).toEqual(["host: upstream.example"]);
        expect(lines.filter((line) => line.startsWith("x-"))).toEqual(["x-one: 1", "x-two: é", "x-one: 3"]);
        expect(text).not.toMatch(/^(content-length|transfer-encoding):/im);
      });

      it("sends a whole body with its length", async () => {
        const text = await sent(get("/", { method: "POST", body: Buffer.from("hello") }));
        expect(text).toMatch(/content-length: 5\r\n/i);
        expect(text).toMatch(/\r\n\r\nhello$/);
      });

      it.each([1, 100_000])(
        "sends a body in pieces, behind one another, with the length of all (%d)",
        async (times) => {
          const pieces = new Pieces(["first ", "", "second ".repeat(times), "third"].map((text) => Buffer.from(text)));
          const text = await sent(get("/", { method: "POST", body: pieces }));
          expect(text).toMatch(new RegExp(`content-length: ${pieces.length}\\r\\n`, "i"));
          expect(text.endsWith(`\r\n\r\nfirst ${"second ".repeat(times)}third`)).toBe(true);
        },
      );

      it("says that a POST without a body has none (RFC 9110 §8.6)", async () => {
        expect(await sent(get("/", { method: "POST" }))).toMatch(/content-length: 0\r\n/i);
      });

      it("streams a body of known length without chunks", async () => {
        const text = await sent(get("/", { method: "PUT", body: { length: 6 } }), ({ attempt }) => {
          attempt.write(Buffer.from("abc"));
          attempt.write(Buffer.from("def"));
          attempt.end();
        });
        expect(text).toMatch(/content-length: 6\r\n/i);
        expect(text).not.toMatch(/transfer-encoding/i);
        expect(text).toMatch(/\r\n\r\nabcdef$/);
      });

      it("streams a body of unknown length in chunks", async () => {
        let seen = "";
        let recorder: Recorder | null = null;
        const server = await raw((socket) => {
          socket.once("data", () => recorder?.attempt.end());
          onRequest(socket, (text) => {
            seen = text;
            socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
          });
        });
        recorder = send(client(server.origin), get("/", { method: "POST", body: { length: null } }));
        recorder.attempt.write(Buffer.from("abc"));
        recorder.attempt.write(Buffer.from("de"));
        expect(await recorder.over).toBe("complete");
        expect(seen).toMatch(/transfer-encoding: chunked\r\n/i);
        expect(seen).not.toMatch(/content-length/i);
        expect(seen).toMatch(/\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n$/);
      });

      for (const [what, bytes] of [
        ["more", "abcdefg"],
        ["fewer", "abc"],
      ] as const) {
        it.skipIf(differences.trustsDeclaredLength)(
          `fails, and ends the connection, for ${what} bytes than were declared`,
          async () => {
            let seen = "";
            const server = await raw((socket) => socket.on("data", (data) => (seen += data.toString("latin1"))));
            const recorder = send(client(server.origin), get("/", { method: "PUT", body: { length: 5 } }));
            recorder.attempt.write(Buffer.from(bytes));
            recorder.attempt.end();
            expect(await recorder.over).toBe("unsendable");
            if (server.sockets.length > 0) await server.closed(1);
            expect(seen).not.toContain("abcdefg");
          },
        );
      }

      for (const [what, request] of [
        ["a line break in a field", get("/", { headers: ["x-bad", "a\r\nx-smuggled: 1"] })],
        ["a NUL in a field", get("/", { headers: ["x-bad", "a\0"] })],
        ["a name that is no token", get("/", { headers: ["x bad", "1"] })],
        ["a space in the target", get("/a b")],
        ["a line break in the method", get("/", { method: "GET /\r\nx" })],
      ] as const) {
        it(`refuses ${what}, and writes nothing`, async () => {
          let bytes = 0;
          const server = await raw((socket) => socket.on("data", (data) => (bytes += data.length)));
          const recorder = send(client(server.origin), request);
          expect(recorder.calls).toBe(0);
          expect(await recorder.over).toBe("unsendable");
          expect(bytes).toBe(0);
        });
      }
    });

    describe("responses", () => {
      function check(recorder: Recorder, response: GoodResponse): void {
        expect(recorder.status).toBe(response.status);
        for (const [field, value] of response.fields) expect(recorder.values(field)).toEqual(value);
        expect(recorder.text).toBe(response.body);
        expect(recorder.trailers).toEqual(response.trailers ?? []);
        expect(recorder.informationals.map(({ status }) => status)).toEqual(response.informational ?? []);
      }

      for (const response of goodResponses) {
        it(`${response.what}: at once`, async () => {
          const server = await answering([response.bytes], { thenClose: response.untilClose === true });
          const recorder = send(client(server.origin), get("/", { method: response.method ?? "GET" }));
          expect(await recorder.over).toBe("complete");
          check(recorder, response);
        });

        it(`${response.what}: cut at every byte`, async () => {
          const server = await answering([...response.bytes], { thenClose: response.untilClose === true });
          const recorder = send(client(server.origin), get("/", { method: response.method ?? "GET" }));
          expect(await recorder.over).toBe("complete");
          check(recorder, response);
        });
      }

      for (const { what, bytes } of malformedResponses) {
        it(`refuses ${what}`, async () => {
          const server = await answering([bytes], { thenClose: true });
          const recorder = send(client(server.origin), get("/", { idle: 1000 }));
          expect(await recorder.over).toBe("malformed");
        });
      }

      it("refuses another protocol version", async () => {
        const server = await answering(["HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"]);
        const how = await send(client(server.origin), get()).over;
        expect(how).toBe(differences.takesOtherVersions ? "complete" : "malformed");
      });

      it("passes or refuses an unasked-for 100", async () => {
        const server = await answering(["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"]);
        const recorder = send(client(server.origin), get("/", { method: "POST", body: "x" }));
        if (differences.refusesContinue) {
          expect(await recorder.over).toBe("malformed");
        } else {
          expect(await recorder.over).toBe("complete");
          expect(recorder.text).toBe("ok");
        }
      });

      it("bounds the head", async () => {
        const long = `x-long: ${"a".repeat(1000)}\r\n`.repeat(Math.ceil(RESPONSE_HEAD_LIMIT / 1000) + 1);
        const server = await answering([`HTTP/1.1 200 OK\r\n${long}\r\n`]);
        expect(await send(client(server.origin), get()).over).toBe("malformed");
        await server.closed(1);
      });

      it("ends a head that never ends", async () => {
        const server = await raw((socket) => {
          onRequest(socket, () => {
            socket.write("HTTP/1.1 200 OK\r\n");
            const more = (): void => {
              if (!socket.destroyed) socket.write(`x-${"a".repeat(500)}: 1\r\n`, () => setImmediate(more));
            };
            more();
          });
        });
        expect(await send(client(server.origin), get()).over).toBe("malformed");
        await server.closed(1);
      });

      it("bounds the number of 1xx responses", async () => {
        const hints = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".repeat(INFORMATIONAL_LIMIT + 1);
        const server = await answering([`${hints}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`]);
        const recorder = send(client(server.origin), get());
        expect(await recorder.over).toBe("malformed");
        expect(recorder.status).toBe(0);
      });

      it("never takes bytes after a response for the next one", async () => {
        const extra = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged";
        const server = await raw((socket, index) => {
          onRequest(socket, () => {
            socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok${index === 0 ? extra : ""}`);
          });
        });
        const to = client(server.origin, { connections: 1 });
        const first = send(to, get("/1"));
        expect([await first.over, first.text]).toEqual(["complete", "ok"]);
        await settled();
        const second = send(to, get("/2"));
        expect([await second.over, second.text]).toEqual(["complete", "ok"]);
        expect(server.sockets).toHaveLength(2);
      });
    });

    describe("connections", () => {
      it("are used again", async () => {
        const server = await answering(["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"]);
        const to = client(server.origin);
        for (let round = 0; round < 5; round++) {
          expect(await send(to, get(`/${round}`)).over).toBe("complete");
          await settled();
        }
        expect(server.sockets).toHaveLength(1);
        expect([to.connections, to.opened]).toEqual([1, 1]);
      });

      it("are not used again after Connection: close", async () => {
        const server = await answering(["HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"]);
        const to = client(server.origin);
        for (let round = 0; round < 3; round++) expect(await send(to, get()).over).toBe("complete");
        expect(server.sockets).toHaveLength(3);
      });

      for (const [what, bytes] of [
        ["a body", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"],
        ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"],
        ["no body", "HTTP/1.1 204 No Content\r\n\r\n"],
      ] as const) {
        it(`are used again after ${what} that was held back at the head`, async () => {
          const server = await answering([bytes]);
          const to = client(server.origin);
          for (let round = 0; round < 3; round++) {
            const recorder = send(to, get(`/${round}`));
            recorder.pauseAtHead = true;
            await recorder.until(() => recorder.paused);
            const { calls } = recorder;
            await settled();
            expect(recorder.calls).toBe(calls);
            recorder.resume();
            expect(await recorder.over).toBe("complete");
            await settled();
          }
          const loses = differences.losesHeldConnections && what === "no body";
          expect(server.sockets).toHaveLength(loses ? 3 : 1);
        });
      }

      it("are given up before the server does, where it says when", async () => {
        const server = await answering([
          "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
        ]);
        const to = client(server.origin);
        expect(await send(to, get()).over).toBe("complete");
        await server.closed(1);
        expect(await send(to, get()).over).toBe("complete");
        expect(server.sockets).toHaveLength(2);
      });

      it("go to several at once", async () => {
        let release: (() => void)[] = [];
        const server = await raw((socket) => {
          onRequest(socket, () => {
            release.push(() => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
            if (release.length === 4) for (const answer of release) answer();
          });
        });
        const to = client(server.origin);
        const all = [1, 2, 3, 4].map(() => send(to, get()));
        expect(await Promise.all(all.map(({ over }) => over))).toEqual(Array(4).fill("complete"));
        release = [];
        expect(server.sockets).toHaveLength(4);
      });

      it("refused: connect", async () => {
        const server = createServer();
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as AddressInfo;
        await new Promise((resolve) => server.close(resolve));
        const recorder = send(client(`http://127.0.0.1:${port}`), get());
        expect(await recorder.over).toBe("connect");
        expect(recorder.detail).toContain("ECONNREFUSED");
      });

      it("to a name that does not resolve: connect", async () => {
        expect(await send(client("http://nowhere.invalid:80"), get()).over).toBe("connect");
      });

      it("that are not established in time: connect", async () => {
        // TCP connects; the TLS handshake never ends.
        const server = await raw((socket) => socket.resume());
        const to = client(server.origin.replace("http:", "https:"), { connectTimeout: 50 });
        const recorder = send(to, get());
        expect(await recorder.over).toBe("connect");
        expect(recorder.detail).toContain("TIMEOUT");
        await server.closed(1);
      });

      it("with a certificate nobody vouches for: connect", async () => {
        const server = createTlsServer(SELF_SIGNED, (socket) => socket.on("error", () => {}));
        server.on("tlsClientError", () => {});
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        stops.unshift(() => new Promise((resolve) => server.close(() => resolve())));
        const { port } = server.address() as AddressInfo;
        const recorder = send(client(`https://127.0.0.1:${port}`), get());
        expect(await recorder.over).toBe("connect");
        expect(recorder.detail).toMatch(/SELF_SIGNED/);
      });

      it("close when the client does, after what is in flight", async () => {
        const server = await raw((socket) => {
          onRequest(socket, () => {
            setTimeout(() => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), 50);
          });
        });
        const to = client(server.origin);
        const recorder = send(to, get());
        await to.close();
        expect(await recorder.over).toBe("complete");
        await server.closed(1);
      });
    });

    describe("a kept-alive connection that the server closes", () => {
      /** Answers the first request of each connection; on the second it hangs up without a word, while the request is under way. */
      function forgetful(): Promise<RawServer> {
        return raw((socket, index) => {
          let count = 0;
          onRequest(socket, () => {
            count++;
            if (count === 1 || index > 0) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            else socket.destroy();
          });
        });
      }

      for (const method of ["GET", "HEAD", "OPTIONS"]) {
        it(`${method}: is asked again on another connection`, async () => {
          const server = await forgetful();
          const to = client(server.origin);
          expect(await send(to, get()).over).toBe("complete");
          await settled();
          expect(await send(to, get("/", { method })).over).toBe("complete");
          expect(server.sockets).toHaveLength(2);
        });
      }

      for (const [method, body] of [
        ["POST", "x"],
        ["DELETE", null],
        ["GET", "x"],
      ] as const) {
        it(`${method}${body === null ? "" : " with a body"}: fails, for it may have been carried out`, async () => {
          const server = await forgetful();
          const to = client(server.origin);
          expect(await send(to, get("/", { method: "POST", body: "x" })).over).toBe("complete");
          await settled();
          expect(await send(to, get("/", { method, body })).over).toBe("closed");
          expect(server.sockets).toHaveLength(1);
        });
      }

      it("is not asked again when it was new", async () => {
        const server = await raw((socket) => onRequest(socket, () => socket.destroy()));
        expect(await send(client(server.origin), get()).over).toBe("closed");
        expect(server.sockets).toHaveLength(1);
      });

      it("is not asked again after the first byte of a response", async () => {
        const server = await raw((socket) => {
          let count = 0;
          onRequest(socket, () => {
            count++;
            if (count === 1) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            else socket.end("HTTP/1.1 200 OK\r\nContent-");
          });
        });
        const to = client(server.origin);
        expect(await send(to, get()).over).toBe("complete");
        await settled();
        expect(await send(to, get()).over).not.toBe("complete");
        expect(server.sockets).toHaveLength(1);
      });
    });

    describe("endings", () => {
      for (const [what, bytes] of [
        ["before the response", ""],
        ["within the head", "HTTP/1.1 200 OK\r\nContent-Le"],
        ["within a body of known length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"],
        ["within a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"],
        ["before the last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"],
      ] as const) {
        for (const how of ["end", "reset"] as const) {
          it(`${how} ${what}: closed`, async () => {
            const server = await raw((socket) => {
              onRequest(socket, () => {
                socket.write(bytes, () => {
                  if (how === "end") socket.end();
                  else setTimeout(() => socket.resetAndDestroy(), 20);
                });
              });
            });
            const recorder = send(client(server.origin), get());
            expect(await recorder.over).toBe("closed");
            expect(recorder.status).toBe(bytes.includes("\r\n\r\n") ? 200 : 0);
          });
        }
      }

      it("a body that stands still: stalled, and the connection goes", async () => {
        const server = await answering(["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"]);
        const recorder = send(client(server.origin), get("/", { idle: 100 }));
        expect(await recorder.over).toBe("stalled");
        expect(recorder.text).toBe("abc");
        await server.closed(1);
      });

      it("abort before the head destroys the connection and is silent", async () => {
        let arrived = (): void => {};
        const request = new Promise<void>((resolve) => {
          arrived = resolve;
        });
        const server = await raw((socket) => onRequest(socket, arrived));
        const recorder = send(client(server.origin), get());
        await request;
        recorder.attempt.abort();
        await server.closed(1);
        expect(recorder.calls).toBe(0);
      });

      it("abort within the body destroys the connection and is silent", async () => {
        const server = await answering(["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"]);
        const recorder = send(client(server.origin), get());
        await recorder.until(() => recorder.text === "abc");
        const { calls } = recorder;
        recorder.attempt.abort();
        await server.closed(1);
        expect(recorder.calls).toBe(calls);
      });

      it("abort before there is a connection is silent", async () => {
        const server = await answering(["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"]);
        const to = client(server.origin);
        const recorder = send(to, get());
        recorder.attempt.abort();
        expect(await send(to, get()).over).toBe("complete");
        expect(recorder.calls).toBe(0);
      });

      it("a response before the end of the request's body is complete", async () => {
        const server = await raw((socket) => {
          socket.once("data", () => socket.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig"));
        });
        const recorder = send(client(server.origin), get("/", { method: "POST", body: { length: 1000 } }));
        recorder.attempt.write(Buffer.from("abc"));
        expect(await recorder.over).toBe("complete");
        expect([recorder.status, recorder.text]).toEqual([413, "big"]);
        // The rest of the body can never be sent on it, so the connection is of no more use.
        recorder.attempt.write(Buffer.from("def"));
        await server.closed(1);
      });
    });

    describe("back-pressure", () => {
      const CHUNK = Buffer.alloc(64 * 1024, "x");
      const TOTAL = 32 * 1024 * 1024;

      it("a paused response stops the server", async () => {
        let written = 0;
        const server = createHttpServer((_request, response) => {
          response.writeHead(200, { "content-length": TOTAL });
          const more = (): void => {
            while (written < TOTAL) {
              written += CHUNK.length;
              if (!response.write(CHUNK)) {
                response.once("drain", more);
                return;
              }
            }
            response.end();
          };
          more();
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        stops.unshift(() => new Promise((resolve) => server.close(() => resolve())));
        const { port } = server.address() as AddressInfo;
        const recorder = send(client(`http://127.0.0.1:${port}`), get());
        recorder.pauseAfter = 1;
        await recorder.until(() => recorder.paused);
        const received = recorder.bytes;
        let before = -1;
        while (before !== written) {
          before = written;
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        expect(recorder.bytes).toBe(received);
        expect(written).toBeLessThan(TOTAL);
        recorder.pauseAfter = Number.POSITIVE_INFINITY;
        recorder.resume();
        expect(await recorder.over).toBe("complete");
        expect(recorder.bytes).toBe(TOTAL);
      });

      it("a server that does not read stops the writer, and then lets it go on", async () => {
        const server = await raw((socket) => {
          socket.pause();
          socket.once("resume", () => {
            let bytes = 0;
            socket.on("data", (data) => {
              bytes += data.length;
              if (bytes > TOTAL) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            });
          });
        });
        const recorder = send(client(server.origin), get("/", { method: "PUT", body: { length: TOTAL } }));
        let sent = 0;
        const more = (): void => {
          while (sent < TOTAL) {
            sent += CHUNK.length;
            if (!recorder.attempt.write(CHUNK)) return;
          }
          recorder.attempt.end();
        };
        recorder.onDrain = more;
        more();
        let before = -1;
        while (before !== sent) {
          before = sent;
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        expect(sent).toBeLessThan(TOTAL);
        server.sockets[0]!.resume();
        expect(await recorder.over).toBe("complete");
        expect(sent).toBe(TOTAL);
      });
    });

    it("leaves the server's half-closed side open until the response is complete", async () => {
      const server = await raw((socket) => {
        onRequest(socket, () => {
          socket.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil ");
          setTimeout(() => socket.end("the end"), 30);
        });
      });
      const recorder = send(client(server.origin), get());
      expect(await recorder.over).toBe("complete");
      expect(recorder.text).toBe("until the end");
    });
  });
}
