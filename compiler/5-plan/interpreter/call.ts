/** Service calls and forwarding: what is sent, and what becomes of what comes back. */
import { canonicalPath } from "../../../runtime/http/path.ts";
import { Failure } from "../../../runtime/failure.ts";
import type { StaticValue } from "../../3-types/checked.ts";
import type { CallStep, Expr, ForwardStep } from "../plan.ts";
import type { Context } from "./context.ts";
import { writeRequestCookie } from "./cookie.ts";
import { evaluate } from "./expression.ts";
import { allHeaders, applyChanges } from "./headers.ts";
import { requestHeaders } from "./hygiene.ts";
import { changeQuery } from "./query.ts";
import type { Scope } from "./scope.ts";
import { serialise } from "./serialise.ts";
import { encode, headerText, textOf } from "./value.ts";
import type { IncomingAnswer, OutgoingRequest } from "./world.ts";

export interface Answer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Uint8Array;
}

/** The request as it is sent, or why it cannot be. */
export function callRequest(step: CallStep, scope: Scope, context: Context): OutgoingRequest | Failure {
  const path = String(evaluate(step.path, scope, context));
  if (leavesItsPlace(path.split("?", 1)[0] ?? "")) {
    return new Failure("invalid", 400, "target-malformed", "a value in the path is a dot segment");
  }
  const parameters = step.query.flatMap(({ name, value }) => {
    const given = evaluate(value, scope, context);
    // An absent value leaves its parameter out.
    if (given === undefined || given === null) return [];
    return [`${encode(name, "query")}=${encode(textOf(given, value.type), "query")}`];
  });
  const query = parameters.join("&");
  const target = query === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${query}`;
  const body = step.body === null ? null : bodyBytes(step.body.codec, step.body.value, scope, context);
  const headers: string[] = [];
  for (const { name, value } of step.headers) {
    const given = evaluate(value, scope, context);
    if (given === undefined || given === null || name === "accept-encoding") continue;
    headers.push(name, headerText(textOf(given, value.type)));
  }
  // The program decodes the answer, and it knows no content codings.
  headers.push("accept-encoding", "identity");
  if (body !== null && !headers.includes("content-type")) headers.push("content-type", mediaTypeOf(step.body!.codec));
  return outgoing(step, { method: step.method, target, headers, body }, context);
}

/** With its timeout, of which the service may be told. */
function outgoing(
  step: CallStep | ForwardStep,
  request: Omit<OutgoingRequest, "timeout">,
  context: Context,
): OutgoingRequest {
  const timeout = step.timeout ?? timeoutOf(step.service, context);
  if (resolved(setting(step.service, "pass_deadline", context), context) !== true) return { ...request, timeout };
  const left = Math.min(timeout, context.deadline ?? timeout);
  const change = { kind: "set", name: "x-request-timeout-ms", value: String(Math.floor(left)) } as const;
  return { ...request, headers: applyChanges(request.headers, [change]), timeout };
}

export function mediaTypeOf(codec: "json" | "text" | "bytes"): string {
  return { json: "application/json", text: "text/plain; charset=utf-8", bytes: "application/octet-stream" }[codec];
}

function bodyBytes(codec: "json" | "text" | "bytes", expr: Expr, scope: Scope, context: Context): Uint8Array {
  const value = evaluate(expr, scope, context);
  if (codec === "bytes") return value instanceof Uint8Array ? value : new Uint8Array();
  return new TextEncoder().encode(codec === "text" ? textOf(value, expr.type) : serialise(value, expr.type));
}

/** An answer, or the failure that it is. */
export function judge(
  answer: IncomingAnswer,
  service: string,
  anyStatus: boolean,
  absentOn404: boolean,
): Answer | Failure {
  if ("failure" in answer) return upstreamFailure(answer.failure, service);
  if (anyStatus || answer.status < 400 || (absentOn404 && answer.status === 404)) return answer;
  return new Failure("status", answer.status, "upstream-status", `${service}: status ${answer.status}`);
}

export function upstreamFailure(kind: "connect" | "timeout" | "protocol", service: string): Failure {
  switch (kind) {
    case "connect":
      return new Failure("connect", 502, "upstream-unreachable", `${service}: no connection`);
    case "timeout":
      return new Failure("timeout", 504, "upstream-timeout", `${service}: no answer in time`);
    case "protocol":
      return new Failure("protocol", 502, "upstream-malformed", `${service}: not a valid response`);
  }
}

/** The client's request as it goes on, or why it cannot. */
export function forwardRequest(step: ForwardStep, scope: Scope, context: Context): OutgoingRequest | Failure {
  const { request } = context;
  const target = forwardTarget(context);
  if (target instanceof Failure) return target;
  let headers = requestHeaders(request, {
    via: String(context.plan.gateway.settings.via ?? "vgw"),
    forwarded: forwardedSetting(context),
    client: context.client,
    preserveHost: setting(step.service, "preserve_host", context) === true,
  });
  let body: Uint8Array | null = request.body.length === 0 ? null : request.body;
  if (step.body !== null) {
    body = bodyBytes(step.body.codec, step.body.value, scope, context);
    headers = applyChanges(headers, [
      { kind: "set", name: "content-type", value: mediaTypeOf(step.body.codec) },
      { kind: "set", name: "content-encoding", value: null },
    ]);
  }
  for (const { place, name, value } of context.requestChanges) {
    if (place === "header") headers = applyChanges(headers, [{ kind: "set", name, value }]);
    if (place === "cookie") {
      const cookie = writeRequestCookie(allHeaders(headers, "cookie"), name, value);
      headers = applyChanges(headers, [{ kind: "set", name: "cookie", value: cookie === "" ? null : cookie }]);
    }
  }
  return outgoing(step, { method: request.method, target, headers, body }, context);
}

/**
 * Whether a segment is "." or "..", escaped or not: no escaping makes them plain names (RFC 3986 §6.2.2.2), so a value that is
 * one would take the request to another path than the program wrote.
 */
function leavesItsPlace(path: string): boolean {
  return path.split("/").some((segment) => /^\.\.?$/.test(segment.replace(/%2e/gi, ".")));
}

function forwardTarget(context: Context): string | Failure {
  let { query } = context;
  let path = context.path ?? "";
  for (const change of context.requestChanges) {
    if (change.place === "path") path = change.value ?? path;
    if (change.place === "query")
      query = changeQuery(query, change.name, change.value, (text) => encode(text, "query"));
  }
  const canonical = leavesItsPlace(path) ? null : canonicalPath(path);
  if (canonical === null) return new Failure("invalid", 400, "target-malformed", "the rewritten path is malformed");
  return query === "" ? canonical : `${canonical}?${query}`;
}

function setting(service: string, key: string, context: Context): StaticValue | undefined {
  return context.plan.services.find((candidate) => candidate.name === service)?.settings[key];
}

/** A value that may come from the environment. */
export function resolved(value: StaticValue | undefined, context: Context): unknown {
  if (typeof value === "object" && value !== null && "kind" in value && value.kind === "env" && "variable" in value) {
    return context.environment.get(String(value.variable));
  }
  return value;
}

function timeoutOf(service: string, context: Context): number {
  return Number(resolved(setting(service, "timeout", context), context) ?? 30_000);
}

function forwardedSetting(context: Context): "x-forwarded" | "forwarded" | "both" | "none" {
  switch (context.plan.gateway.settings.forwarded) {
    case "x_forwarded":
      return "x-forwarded";
    case "forwarded":
      return "forwarded";
    case "none":
      return "none";
    default:
      return "both";
  }
}

export function trustedProxies(context: Pick<Context, "plan" | "environment">): string[] {
  const { trusted_proxies: value } = context.plan.gateway.settings;
  return Array.isArray(value) ? value.map(String) : [];
}
