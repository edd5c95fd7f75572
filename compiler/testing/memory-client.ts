/** An upstream client without a socket: what the real services would send is answered by the test's fakes. */
import { isPieces } from "../../runtime/pieces.ts";
import type { CreateUpstreamClient, UpstreamRequest, UpstreamSink } from "../../runtime/upstream/client.ts";
import type { ByteStream } from "../../runtime/websocket/index.ts";
import type { IncomingAnswer, World } from "../5-plan/interpreter/index.ts";

export function memoryClient(service: string, world: World): CreateUpstreamClient {
  return () => ({
    connections: 0,
    opened: 0,
    close: async () => undefined,
    send(request, sink) {
      const chunks: Uint8Array[] = [];
      let aborted = false;
      const finish = (): void => {
        const body = bodyOf(request, chunks);
        const headers = ["host", request.host, ...fieldsOf(request)];
        const outgoing = { method: request.method, target: request.target, headers, body, timeout: 0 };
        world.call(service, outgoing).then((answer) => {
          if (!aborted) deliver(answer, sink);
        });
      };
      if (!isStreamed(request)) setImmediate(finish);
      return {
        write: (chunk) => {
          chunks.push(chunk);
          return true;
        },
        end: () => {
          if (isStreamed(request)) setImmediate(finish);
        },
        pause: () => undefined,
        resume: () => undefined,
        abort: () => {
          aborted = true;
        },
      };
    },
  });
}

/** Flat, also where they come as lines. */
function fieldsOf({ headers }: UpstreamRequest): readonly string[] {
  if (typeof headers !== "string") return headers;
  const lines = headers.split("\r\n").filter((line) => line !== "");
  return lines.flatMap((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
}

function isStreamed({ body }: UpstreamRequest): boolean {
  return body !== null && typeof body === "object" && !(body instanceof Uint8Array) && !isPieces(body);
}

function bodyOf(request: UpstreamRequest, chunks: readonly Uint8Array[]): Uint8Array | null {
  if (request.body === null) return null;
  if (typeof request.body === "string" || request.body instanceof Uint8Array) return Buffer.from(request.body);
  if (isPieces(request.body)) return Buffer.from(request.body.whole);
  return Buffer.concat(chunks);
}

/** How each fake failure looks to a service; a fake timeout is not waited for. */
const ERROR_KINDS = { connect: "connect", timeout: "stalled", protocol: "malformed" } as const;

function deliver(answer: IncomingAnswer, sink: UpstreamSink): void {
  if ("failure" in answer) {
    sink.failed({ kind: ERROR_KINDS[answer.failure], detail: "as the test says" });
    return;
  }
  if (answer.status === 101 && sink.upgraded !== undefined) {
    const stream = quietStream();
    sink.upgraded([...answer.headers], stream);
    // Nothing is said on it: a test is about the handshake.
    setImmediate(() => stream.receiver?.closed());
    return;
  }
  sink.head(answer.status, [...answer.headers], true);
  if (answer.body.length > 0) sink.data(answer.body);
  sink.complete([]);
}

function quietStream(): ByteStream {
  const nothing = (): void => {};
  return { receiver: null, write: () => true, pause: nothing, resume: nothing, end: nothing, destroy: nothing };
}
