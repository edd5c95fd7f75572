/** A service behind both transports, over real sockets: what neither a fake exchange nor a transport alone can show. */
import { createServer, request, type IncomingMessage, type RequestListener } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { onRequest, rawServer } from "../../test/fakes/raw-server.ts";
import { strictTransport } from "../http/node/index.ts";
import { replyProblem } from "../http/problem.ts";
import { serveWith, type Served } from "../http/testing/served.ts";
import type { Transport } from "../http/transport.ts";
import { createFastTransport } from "../http/uws/index.ts";
import { loadNative } from "../http/uws/loader.ts";
import type { UpstreamService } from "./service.ts";
import { forwarding, serviceOf } from "./testing/service.ts";

const CHUNK = Buffer.alloc(64 * 1024, "x");
const TOTAL = 128 * 1024 * 1024;

async function upstream(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function service(origin: string): UpstreamService {
  const made = serviceOf(origin);
  onTestFinished(() => made.close());
  return made;
}

function suite(transport: Transport): void {
  const serve = serveWith(transport);

  async function gateway(to: UpstreamService): Promise<Served> {
    return serve(
      async (exchange) => {
        const target = exchange.path + (exchange.query === "" ? "" : `?${exchange.query}`);
        const failure = await to.forward(exchange, forwarding({ target, bodyLimit: 2 ** 40 }));
        if (failure !== null) replyProblem(exchange, failure.status, failure.code, null, null);
      },
      { limits: { body: 2 ** 40 } },
    );
  }

  /** The answer with its body as text; `aborted` where the body broke off. */
  function ask(
    port: number,
    options: {
      readonly method?: string;
      readonly path?: string;
      readonly body?: string;
      readonly headers?: object;
    } = {},
  ): Promise<{ readonly response: IncomingMessage; readonly text: string; readonly aborted: boolean }> {
    return new Promise((resolve, reject) => {
      const { method = "GET", path = "/", headers = {} } = options;
      const sent = request(
        { port, host: "127.0.0.1", method, path, headers: { ...headers }, agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", () => {});
          response.on("close", () => {
            resolve({ response, text: Buffer.concat(chunks).toString(), aborted: !response.complete });
          });
        },
      );
      sent.on("error", reject);
      sent.end(options.body);
    });
  }

  it("passes a request and its answer", async () => {
    const to = service(
      await upstream((incoming, response) => {
        incoming.resume().on("end", () => {
          response.writeHead(201, { "x-seen": `${incoming.method} ${incoming.url}` });
          response.end("made");
        });
      }),
    );
    const served = await gateway(to);
    const { response, text } = await ask(served.port, { method: "POST", path: "/a%2Fb?c=%20", body: "hello" });
    expect([response.statusCode, response.headers["x-seen"], text]).toEqual([201, "POST /a%2Fb?c=%20", "made"]);
    expect(response.headers["content-length"] ?? response.headers["transfer-encoding"]).toBeDefined();
    await served.ended(1);
    expect(served.done[0]).toMatchObject({ status: 201, service: "orders", bytesReceived: 5, bytesSent: 4 });
    expect(served.done[0]!.upstream?.endpoint).toBe(to.endpoints[0]!.authority);
  });

  it("keeps the length of HEAD and has no body for 204 and 304", async () => {
    const to = service(
      await upstream((incoming, response) => {
        const status = Number(incoming.url!.slice(1));
        response.writeHead(status, status === 200 ? { "content-length": 1234 } : {}).end();
      }),
    );
    const { port } = await gateway(to);
    const head = await ask(port, { method: "HEAD", path: "/200" });
    expect([head.response.headers["content-length"], head.text]).toEqual(["1234", ""]);
    for (const status of [204, 304]) {
      const { response, text } = await ask(port, { path: `/${status}` });
      expect([response.statusCode, text, response.headers["transfer-encoding"]]).toEqual([status, "", undefined]);
    }
  });

  it("lets the client see that an answer was cut", async () => {
    const server = await rawServer((socket) => {
      onRequest(socket, () => socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"));
    });
    onTestFinished(() => server.stop());
    const { port } = await gateway(service(server.origin));
    const { response, text, aborted } = await ask(port);
    expect([response.statusCode, text, aborted]).toEqual([200, "abc", true]);
  });

  it("answers 502 and 504 with problems", async () => {
    const server = await rawServer((socket) => onRequest(socket, () => socket.end("nonsense\r\n\r\n")));
    onTestFinished(() => server.stop());
    const { port } = await gateway(service(server.origin));
    const { response, text } = await ask(port);
    expect([response.statusCode, JSON.parse(text).code]).toEqual([502, "upstream-malformed"]);
  });

  it("ends the upstream's request when the client goes away, up or down", async () => {
    let arrived = 0;
    const server = await rawServer((socket) => {
      socket.on("data", (data) => {
        arrived += data.length;
        if (data.includes("GET /down")) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nabc");
      });
    });
    onTestFinished(() => server.stop());
    const to = service(server.origin);
    const served = await gateway(to);
    for (const [count, head] of [
      [1, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"],
      [2, "GET /down HTTP/1.1\r\nHost: x\r\n\r\n"],
      [3, "PUT /up HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc"],
    ] as const) {
      const before = arrived;
      const client = connect(served.port, "127.0.0.1");
      client.on("error", () => {});
      client.write(head);
      while (arrived === before) await new Promise((resolve) => setTimeout(resolve, 1));
      client.destroy();
      await server.closed(count);
      await served.ended(count);
    }
    expect(to.endpoints[0]!.inFlight).toBe(0);
  });

  for (const length of [TOTAL, null]) {
    const what = `${TOTAL / 1024 / 1024} MiB ${length === null ? "in chunks" : "of known length"}`;

    it(`${what} down: memory stays flat`, async () => {
      const to = service(
        await upstream((_incoming, response) => {
          let sent = 0;
          response.writeHead(200, length === null ? {} : { "content-length": length });
          const more = (): void => {
            while (sent < TOTAL) {
              sent += CHUNK.length;
              if (!response.write(CHUNK)) return void response.once("drain", more);
            }
            response.end();
          };
          more();
        }),
      );
      const { port } = await gateway(to);
      const before = process.memoryUsage().rss;
      let peak = 0;
      let received = 0;
      await new Promise<void>((resolve, reject) => {
        request({ port, host: "127.0.0.1", agent: false }, (response) => {
          response.on("data", (chunk: Buffer) => {
            received += chunk.length;
            peak = Math.max(peak, process.memoryUsage().rss);
          });
          response.on("end", resolve).on("error", reject);
        })
          .on("error", reject)
          .end();
      });
      expect(received).toBe(TOTAL);
      expect((peak - before) / 1024 / 1024).toBeLessThan(100);
    });

    it(`${what} up: memory stays flat`, async () => {
      let received = 0;
      const to = service(
        await upstream((incoming, response) => {
          incoming.on("data", (chunk: Buffer) => {
            received += chunk.length;
          });
          incoming.on("end", () => response.end(String(received)));
        }),
      );
      const { port } = await gateway(to);
      const before = process.memoryUsage().rss;
      let peak = 0;
      const text = await new Promise<string>((resolve, reject) => {
        const headers = length === null ? {} : { "content-length": length };
        const sent = request({ port, host: "127.0.0.1", agent: false, method: "PUT", headers }, (response) => {
          response.once("data", (chunk: Buffer) => resolve(chunk.toString()));
        });
        sent.on("error", reject);
        let count = 0;
        const more = (): void => {
          while (count < TOTAL) {
            count += CHUNK.length;
            peak = Math.max(peak, process.memoryUsage().rss);
            if (!sent.write(CHUNK)) return void sent.once("drain", more);
          }
          sent.end();
        };
        more();
      });
      expect(Number(text)).toBe(TOTAL);
      expect((peak - before) / 1024 / 1024).toBeLessThan(100);
    });
  }
}

describe("behind the strict transport", () => suite(strictTransport));

const { native, rejected } = loadNative({ headLimit: 16_384 });
if (native === null) it.skip(`uWebSockets.js does not load here: ${rejected.join("; ")}`, () => {});
else describe("behind the fast transport", () => suite(createFastTransport(native)));
