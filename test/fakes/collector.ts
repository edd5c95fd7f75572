/** A collector of OpenTelemetry that keeps what it is sent, and answers as a test says: 200, another status, or never. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Value =
  | { readonly stringValue: string }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly boolValue: boolean }
  | { readonly arrayValue: { readonly values: readonly Value[] } };

interface Attribute {
  readonly key: string;
  readonly value: Value;
}

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly flags: number;
  readonly name: string;
  /** 2: server; 3: client. */
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status?: { readonly code: number; readonly message?: string };
  readonly attributes: { readonly [key: string]: string | number | boolean | readonly unknown[] };
}

export interface ReceivedBatch {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly resource: ReceivedSpan["attributes"];
  readonly spans: readonly ReceivedSpan[];
  readonly text: string;
}

function plain(value: Value): string | number | boolean | readonly unknown[] {
  if ("stringValue" in value) return value.stringValue;
  if ("intValue" in value) return Number(value.intValue);
  if ("doubleValue" in value) return value.doubleValue;
  if ("boolValue" in value) return value.boolValue;
  return value.arrayValue.values.map(plain);
}

function plainAttributes(attributes: readonly Attribute[]): ReceivedSpan["attributes"] {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));
}

export class Collector {
  /** Those that it took. */
  readonly batches: ReceivedBatch[] = [];
  /** Requests, whatever became of them. */
  posts = 0;
  /** Answers a request; true: its spans are taken. */
  answer: (response: ServerResponse) => boolean = (response) => {
    response.setHeader("content-type", "application/json");
    response.end("{}");
    return true;
  };
  readonly #server: Server;
  readonly origin: string;
  #waiting: (() => void)[] = [];

  private constructor(server: Server) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<Collector> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const collector = new Collector(server);
    server.on("request", (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        collector.posts++;
        if (collector.answer(response)) collector.#take(request.url ?? "", request.headers, text);
        for (const look of collector.#waiting.splice(0)) look();
      });
    });
    return collector;
  }

  get spans(): readonly ReceivedSpan[] {
    return this.batches.flatMap(({ spans }) => spans);
  }

  /** Waits for events, not for time. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Those of one trace, when there are so many. */
  async trace(traceId: string, count: number): Promise<readonly ReceivedSpan[]> {
    const of = (): readonly ReceivedSpan[] => this.spans.filter((span) => span.traceId === traceId);
    await this.until(() => of().length >= count);
    return of();
  }

  #take(path: string, headers: IncomingHttpHeaders, text: string): void {
    const { resourceSpans } = JSON.parse(text);
    for (const { resource, scopeSpans } of resourceSpans) {
      const spans = scopeSpans.flatMap((scope: { readonly spans: readonly unknown[] }) => scope.spans);
      this.batches.push({
        path,
        headers,
        text,
        resource: plainAttributes(resource.attributes),
        spans: spans.map((span: { readonly attributes: readonly Attribute[] }) => ({
          ...span,
          attributes: plainAttributes(span.attributes),
        })),
      });
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
