/** The fake provider over HTTP, on this machine only: times are kept and connections broken here. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { FakeFailure } from "./dialect.ts";
import { GoogleAccount } from "./google-account.ts";
import { FakeProvider, type FakeResponse, type FakeSettings } from "./respond.ts";

/** Bytes of one request. */
const MOST_RECEIVED = 64 * 1024 * 1024;

export interface FakeServer {
  /** "http://127.0.0.1:41234". */
  readonly origin: string;
  readonly port: number;
  /** The key file of a service account that is given tokens here, for models at Vertex AI. */
  readonly serviceAccount: string;
  /** Breaks what is still open. */
  close(): Promise<void>;
}

export interface FakeServerOptions extends FakeSettings {
  /** 0: any free one. */
  readonly port: number;
  /** A key file that was given out before; null or left out: another is made once somebody asks for it. */
  readonly serviceAccount?: string | null | undefined;
  /** Told of each request: what was asked, and the status; null: none was given. */
  readonly seen?: ((method: string, target: string, status: number | null) => void) | undefined;
}

/** Rejects where the port cannot be had. */
export async function startFakeProvider(options: FakeServerOptions): Promise<FakeServer> {
  const provider = new FakeProvider(options);
  const server = createServer((request, response) => {
    serve(provider, google, options, request, response).catch(() => response.destroy());
  });
  // Answers may stand still on purpose.
  server.requestTimeout = 0;
  await listening(server, options.port);
  const address = server.address();
  const { port } = isPlace(address) ? address : { port: options.port };
  const origin = `http://127.0.0.1:${port}`;
  const google = new GoogleAccount(origin, options.serviceAccount ?? null);
  return {
    origin,
    port,
    get serviceAccount() {
      return google.file;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function isPlace(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === "object" && address !== null;
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function serve(
  provider: FakeProvider,
  google: GoogleAccount,
  { seen }: FakeServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = request.url ?? "/";
  const method = request.method ?? "GET";
  const body = await received(request);
  if (body === null) {
    response.writeHead(413).end();
    return;
  }
  const at = target.indexOf("?");
  const path = at === -1 ? target : target.slice(0, at);
  const { "x-fake": switches, "metadata-flavor": flavor } = request.headers;
  const token = google.answer(method, path, String(flavor ?? ""), body);
  if (token !== null) {
    seen?.(method, target, token.status);
    writeJson(token, response);
    return;
  }
  const answer = provider.respond({
    method,
    path,
    query: at === -1 ? "" : target.slice(at + 1),
    switches: typeof switches === "string" ? switches : "",
    body,
    credentials: { headers: request.headers, isToken: (given) => google.isToken(given) },
  });
  seen?.(method, target, answer.status);
  await write(answer, response);
}

function writeJson({ status, body }: FakeFailure, response: ServerResponse): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function received(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > MOST_RECEIVED) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function write(answer: FakeResponse, response: ServerResponse): Promise<void> {
  if (answer.status === null) return;
  const first = answer.steps[0];
  // The head of an answer that is not streamed comes with it.
  const waits = answer.ends === "whole" && answer.steps.length === 1 && first !== undefined && first.after > 0;
  if (waits) await passed(first.after, response);
  if (response.destroyed) return;
  response.writeHead(answer.status, [...answer.headers]);
  response.flushHeaders();
  for (const [at, { after, bytes }] of answer.steps.entries()) {
    if (after > 0 && !(waits && at === 0)) await passed(after, response);
    if (response.destroyed) return;
    // Each piece is to be seen as one, so the next waits until it has left.
    await new Promise<void>((resolve) => {
      response.once("close", resolve);
      response.write(bytes, () => {
        response.off("close", resolve);
        resolve();
      });
    });
  }
  if (answer.ends === "reset") response.socket?.resetAndDestroy();
  else if (answer.ends === "whole") response.end();
}

/** Ends early where the client has gone. */
function passed(milliseconds: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      response.off("close", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    response.once("close", done);
  });
}
