/** The admin listener's paths: one table, then the answers. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { problemsOf } from "../host/zod-problems.ts";
import { METRICS_MEDIA_TYPE, metricsText } from "../observe/exposition.ts";
import { StartError } from "../start-error.ts";
import { readBody } from "./body.ts";
import { answerProblem } from "./problem.ts";
import type { AdminTarget } from "./target.ts";
import { usageOf } from "./usage.ts";

export interface RouteContext {
  readonly target: AdminTarget;
  /** null: there is no token. */
  readonly tokenMatches: ((authorization: string | undefined) => boolean) | null;
}

interface AdminRoute {
  readonly method: "GET" | "POST";
  /** "open": tells nothing but that it lives, so probes need no token. "change": never without a token. */
  readonly access: "open" | "look" | "change";
  readonly answer: (request: IncomingMessage, response: ServerResponse, target: AdminTarget) => Promise<void>;
}

const ROUTES: { readonly [path: string]: AdminRoute } = {
  "/healthz": { method: "GET", access: "open", answer: health },
  "/readyz": { method: "GET", access: "open", answer: readiness },
  "/metrics": { method: "GET", access: "look", answer: metrics },
  "/status": { method: "GET", access: "look", answer: status },
  "/usage": { method: "GET", access: "look", answer: usage },
  "/generations": { method: "POST", access: "change", answer: swap },
  "/rollback": { method: "POST", access: "change", answer: rollback },
};

/** May reject: the caller answers with the problem. */
export async function route(request: IncomingMessage, response: ServerResponse, context: RouteContext): Promise<void> {
  const path = (request.url ?? "/").replace(/\?.*$/s, "");
  const found = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (found?.access !== "open" && context.tokenMatches?.(request.headers.authorization) === false) {
    return answerProblem(response, "admin-token", "Send `Authorization: Bearer TOKEN`.", []);
  }
  if (found === undefined) {
    return answerProblem(response, "admin-path", `There are ${Object.keys(ROUTES).join(", ")}.`, []);
  }
  if (request.method !== found.method && !(request.method === "HEAD" && found.method === "GET")) {
    response.setHeader("allow", found.method === "GET" ? "GET, HEAD" : found.method);
    return answerProblem(response, "admin-method", `${path} takes ${found.method}.`, []);
  }
  if (found.access === "change" && context.tokenMatches === null) {
    const detail =
      'Whoever reaches this port could load code: give the gateway `admin: http("…", token: secret("…"))`.';
    return answerProblem(response, "admin-read-only", detail, []);
  }
  await found.answer(request, response, context.target);
}

async function health(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  text(response, 200, "ok\n");
}

async function readiness(_request: IncomingMessage, response: ServerResponse, target: AdminTarget): Promise<void> {
  if (target.ready()) text(response, 200, "ready\n");
  else text(response, 503, "draining\n");
}

async function metrics(_request: IncomingMessage, response: ServerResponse, target: AdminTarget): Promise<void> {
  const body = await metricsText(await target.metrics());
  response.writeHead(200, { "content-type": METRICS_MEDIA_TYPE, "cache-control": "no-store" });
  response.end(body);
}

async function status(_request: IncomingMessage, response: ServerResponse, target: AdminTarget): Promise<void> {
  json(response, await target.status());
}

async function usage(request: IncomingMessage, response: ServerResponse, { book }: AdminTarget): Promise<void> {
  const { json: answer, csv } = usageOf(book, new URL(request.url ?? "/", "http://admin").searchParams);
  if (csv === null) json(response, answer);
  else response.writeHead(200, { "content-type": "text/csv; charset=utf-8", "cache-control": "no-store" }).end(csv);
}

const SWAP = z.union([
  z.strictObject({ folder: z.string().min(1) }),
  z.strictObject({
    code: z.string().min(1),
    map: z.string().nullable().default(null),
    // Checked by the host, which also holds the code against its hash.
    manifest: z.record(z.string(), z.unknown()).nullable().default(null),
  }),
]);

async function swap(request: IncomingMessage, response: ServerResponse, target: AdminTarget): Promise<void> {
  const parsed = SWAP.safeParse(parseJson(await readBody(request)));
  if (!parsed.success) {
    throw new StartError(
      "admin-body",
      "the body is neither a folder nor a bundle",
      problemsOf(parsed.error),
      'Send {"folder": "/path/to/artifact"}, or {"code": "…", "map": "…", "manifest": {…}}.',
    );
  }
  const { id, hash, since } = await target.swap(parsed.data);
  json(response, { generation: { id, hash, since: new Date(since).toISOString() } });
}

async function rollback(_request: IncomingMessage, response: ServerResponse, target: AdminTarget): Promise<void> {
  const { id, hash, since } = await target.rollback();
  json(response, { generation: { id, hash, since: new Date(since).toISOString() } });
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new StartError("admin-body", "the body is not JSON", [], 'Send {"folder": "/path/to/artifact"}.');
  }
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(`${JSON.stringify(value, null, 2)}\n`);
}

function text(response: ServerResponse, code: number, body: string): void {
  response.writeHead(code, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
  response.end(body);
}
