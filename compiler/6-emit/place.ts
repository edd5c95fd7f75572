/** `set` and `remove`: request places change what a later `forward` sends, response places whatever answer leaves. */
import type { CookieAttributes, SetStep, Step } from "../5-plan/plan.ts";
import type { Body } from "./body.ts";
import { converter, textOf } from "./encode.ts";
import { expression } from "./expression.ts";
import { innerSteps } from "./walk.ts";

/** Variables that hold the changed request, declared where the route needs them. */
export interface RequestChanges {
  readonly headers: boolean;
  readonly query: boolean;
  readonly path: boolean;
}

export function requestChanges(steps: readonly Step[]): RequestChanges {
  const places = new Set<string>();
  const visit = (list: readonly Step[]): void => {
    for (const step of list) {
      if (step.step === "set") places.add(step.place);
      for (const inner of innerSteps(step)) visit(inner);
    }
  };
  visit(steps);
  return {
    headers: places.has("request.header") || places.has("request.cookie"),
    query: places.has("request.query"),
    path: places.has("request.path"),
  };
}

/** The usual case: one `rewrite`, which every request of the route comes through. */
function rewrittenOnce(steps: readonly Step[]): boolean {
  const own = steps.filter((step) => step.step === "set" && step.place === "request.path");
  const [only] = own;
  const inside = steps.some((step) => innerSteps(step).some((list) => requestChanges(list).path));
  return own.length === 1 && !inside && only?.step === "set" && only.value !== null && !isOptional(only);
}

export function declareChanges(body: Body, changes: RequestChanges): void {
  if (changes.headers) body.writer.line(`const edits: ${body.emission.useType("HeaderEdit")}[] = [];`);
  if (changes.path && !rewrittenOnce(body.route.steps)) body.writer.line("let forwardPath = exchange.path;");
  if (changes.query) body.writer.line("let forwardQuery = exchange.query;");
}

/** Those that the first steps of a route make or send; the steps behind them declare the others. */
export function changesWithin(all: RequestChanges, first: readonly Step[]): RequestChanges {
  const sends = (list: readonly Step[]): boolean =>
    list.some((step) => step.step === "forward" || innerSteps(step).some(sends));
  return sends(first) ? all : requestChanges(first);
}

/** The variables of changes as parameters. */
export function changeParameters({ headers, path, query }: RequestChanges, body: Body): Map<string, string> {
  const parameters = new Map<string, string>();
  if (headers) parameters.set("edits", `${body.emission.useType("HeaderEdit")}[]`);
  if (path) parameters.set("forwardPath", "string");
  if (query) parameters.set("forwardQuery", "string");
  return parameters;
}

export function emitSet(body: Body, step: SetStep): void {
  const { emission, scope, writer } = body;
  const name = JSON.stringify(step.name);
  switch (step.place) {
    case "response.header":
      writer.line(`${emission.use("setResponseHeader")}(exchange, ${name}, ${headerValue(body, step)});`);
      return;
    case "response.status":
      if (step.value !== null) {
        writer.line(`${emission.use("setResponseStatus")}(exchange, ${expression(scope, step.value)});`);
      }
      return;
    case "response.cookie": {
      const attributes = JSON.stringify(cookieAttributes(step));
      writer.line(`${emission.use("setResponseCookie")}(exchange, ${name}, ${plainValue(body, step)}, ${attributes});`);
      return;
    }
    case "request.header": {
      const value = headerValue(body, step);
      writer.line(`edits.push(${editText(body, step, nullFor(body, step, value))});`);
      return;
    }
    case "request.cookie":
      writer.line(`${emission.use("editCookie")}(exchange, edits, ${name}, ${plainValue(body, step)});`);
      return;
    case "request.query":
      writer.line(`forwardQuery = ${emission.use("changeQuery")}(forwardQuery, ${name}, ${plainValue(body, step)});`);
      return;
    case "request.path":
      if (step.value === null) return;
      if (rewrittenOnce(body.route.steps)) writer.line(`const forwardPath = ${plainValue(body, step)};`);
      else writer.line(`forwardPath = ${plainValue(body, step)}${isOptional(step) ? " ?? forwardPath" : ""};`);
  }
}

/** An edit whose value is known is made once. */
function editText(body: Body, step: SetStep, value: string): string {
  const text = `{ name: ${JSON.stringify(step.name)}, value: ${value} }`;
  if (step.value !== null && step.value.expr !== "constant") return text;
  const wanted = `${value === "null" ? "without" : "with"} ${step.name}`;
  const type = body.emission.useType("HeaderEdit");
  return body.emission.declared(`edit ${text}`, wanted, (name) => `const ${name}: ${type} = ${text};`);
}

function isOptional(step: SetStep): boolean {
  return step.value !== null && step.value.type.kind === "optional";
}

/** The edit list of a forward removes with null. */
function nullFor(body: Body, step: SetStep, value: string): string {
  if (value === "undefined") return "null";
  return isOptional(step) && body.route !== null ? `${value} ?? null` : value;
}

/** As text; `undefined` where it is absent. */
function plainValue(body: Body, step: SetStep): string {
  if (step.value === null) return "undefined";
  return optionalText(body, step, null);
}

const CLEAN = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** As a field value. A constant that is one already needs no check when running. */
function headerValue(body: Body, step: SetStep): string {
  const { value } = step;
  if (value === null) return "undefined";
  if (value.expr === "constant" && typeof value.value === "string" && CLEAN.test(value.value)) {
    return JSON.stringify(value.value);
  }
  if (value.expr === "encode" && value.as === "header") return expression(body.scope, value);
  return optionalText(body, step, "headerText");
}

function optionalText(body: Body, step: SetStep, encoder: string | null): string {
  const { emission, scope } = body;
  if (step.value === null) return "undefined";
  if (step.value.type.kind !== "optional") {
    const text = textOf(scope, step.value);
    return encoder === null ? text : `${emission.use(encoder)}(${text})`;
  }
  const convert = [converter(step.value.type.of), encoder].filter((name) => name !== null);
  let text = expression(scope, step.value);
  for (const name of convert) {
    text = `${emission.use("whenPresent")}(${text}, ${name === "String" ? name : emission.use(name)})`;
  }
  return text;
}

const SAME_SITE = { strict: "Strict", lax: "Lax", none: "None" } as const;

/** Everything behind the value of a `Set-Cookie` line (RFC 6265 §4.1). */
function cookieAttributes(step: SetStep): string {
  const given: Partial<CookieAttributes> = step.cookie ?? {};
  const parts = ["", `Path=${given.path ?? "/"}`];
  if (given.domain) parts.push(`Domain=${given.domain}`);
  const age = step.value === null ? 0 : (given.maxAge ?? null);
  if (age !== null) parts.push(`Max-Age=${age}`);
  if (given.secure) parts.push("Secure");
  if (given.httpOnly) parts.push("HttpOnly");
  if (given.sameSite) parts.push(`SameSite=${SAME_SITE[given.sameSite]}`);
  return parts.join("; ");
}
