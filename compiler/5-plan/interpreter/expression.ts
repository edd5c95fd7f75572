/** The value of an expression: pure, synchronous, never failing. One case per kind, in the order of `plan.ts`. */
import { Failure } from "../../../runtime/failure.ts";
import { jsonFromText } from "../../../runtime/value/index.ts";
import type { Expr } from "../plan.ts";
import { callBuiltin } from "./builtin.ts";
import type { Context } from "./context.ts";
import { readCookie } from "./cookie.ts";
import { decodeValue } from "./decode.ts";
import { allHeaders, applyChanges, firstHeader } from "./headers.ts";
import { binary, divide } from "./operator.ts";
import { queryValues } from "./query.ts";
import { Scope } from "./scope.ts";
import { baseKind, compareValues, constantValue, encode, negate, textOf } from "./value.ts";

export function evaluate(expr: Expr, scope: Scope, context: Context): unknown {
  const value = (of: Expr): unknown => evaluate(of, scope, context);
  switch (expr.expr) {
    case "constant":
      return constantValue(expr.value, expr.type);
    case "slot":
      return scope.get(expr.name);
    case "global":
      return context.constants.get(expr.name);
    case "environment":
      return context.environment.get(expr.variable);
    case "none":
      return undefined;
    case "list":
      return expr.items.map(value);
    case "record": {
      const result: { [name: string]: unknown } = {};
      for (const entry of expr.entries) {
        if (entry.kind === "entry") put(result, entry.name, value(entry.value));
        else for (const [name, part] of Object.entries(value(entry.value) ?? {})) put(result, name, part);
      }
      return result;
    }
    case "field":
    case "json-member":
      return member(value(expr.of), expr.name);
    case "index":
      return indexed(value(expr.of), value(expr.index));
    case "template":
      return expr.texts.map((text, i) => (i === 0 ? text : String(value(expr.holes[i - 1]!)) + text)).join("");
    case "encode":
      return encode(textOf(value(expr.of), expr.of.type), expr.as);
    case "unary":
      return expr.operator === "not" ? value(expr.of) !== true : negate(Number(value(expr.of)));
    case "binary": {
      if (expr.operator === "and") return value(expr.left) === true && value(expr.right) === true;
      if (expr.operator === "or") return value(expr.left) === true || value(expr.right) === true;
      return binary(expr.operator, value(expr.left), value(expr.right), expr);
    }
    case "within": {
      const of = value(expr.of);
      return (
        (expr.from === null || compareValues(of, value(expr.from)) >= 0) &&
        (expr.to === null || compareValues(of, value(expr.to)) <= 0)
      );
    }
    case "conditional":
      return value(expr.condition) === true ? value(expr.then) : value(expr.otherwise);
    case "or-else":
      return value(expr.of) ?? value(expr.otherwise);
    case "is-absent":
      return (value(expr.of) ?? undefined) === undefined;
    case "match": {
      for (const arm of expr.arms) if (arm.test === null || value(arm.test) === true) return value(arm.value);
      throw new Error("no arm of a match applies, though the checker has shown that one does");
    }
    case "builtin":
      return callBuiltin(expr.name, expr.arguments, expr.arguments.map(value), context);
    case "attempt": {
      const result = tried(expr, expr.arguments.map(value), context);
      return result instanceof Failure ? value(expr.otherwise) : result;
    }
    case "let":
      return evaluate(expr.body, new Scope(scope, [[expr.slot.name, value(expr.value)]]), context);
    case "lambda":
      return (...values: unknown[]): unknown => {
        const inner = new Scope(
          scope,
          expr.parameters.map((slot, i) => [slot.name, values[i]] as const),
        );
        return evaluate(expr.body, inner, context);
      };
    case "call": {
      const called = context.functions.get(expr.function);
      if (called === undefined) throw new Error(`the plan has no function "${expr.function}"`);
      const values = expr.arguments.map(value);
      const inner = new Scope(
        null,
        called.parameters.map((slot, i) => [slot.name, values[i]] as const),
      );
      return evaluate(called.body, inner, context);
    }
    case "request":
      return requestPart(expr.what, context);
    case "request-value":
      return requestValue(expr.what, String(value(expr.name)), context);
    case "response-status":
      return context.responseStatus ?? context.upstream?.status;
    case "response-header": {
      const headers = applyChanges(context.upstream?.headers ?? [], context.responseChanges);
      return firstHeader(headers, String(value(expr.name)).toLowerCase());
    }
    case "failure":
      return context.failure?.[expr.field];
  }
}

/** What can fail in an expression: the value, or a failure. */
function tried(expr: Extract<Expr, { expr: "attempt" }>, given: readonly unknown[], context: Context): unknown {
  if (expr.name === "divide") return divide(given[0], given[1], expr.type);
  if (expr.name !== "decode") return callBuiltin(expr.name, expr.arguments, given, context);
  const isText = expr.arguments[0] !== undefined && baseKind(expr.arguments[0].type) === "string";
  return decodeValue(isText ? jsonFromText(String(given[0])) : given[0], expr.type);
}

function requestPart(what: Extract<Expr, { expr: "request" }>["what"], context: Context): string {
  const { request } = context;
  switch (what) {
    case "method":
      return request.method;
    case "path":
      return context.path ?? "";
    case "address":
      return context.client.address;
    case "host":
      return request.host.toLowerCase();
    case "hostname":
      return request.host.toLowerCase().split(/:[0-9]*$/)[0] ?? "";
    case "target":
      return context.query === "" ? (context.path ?? "") : `${context.path}?${context.query}`;
    case "scheme":
      return context.client.secure ? "https" : "http";
    case "id":
      return context.id;
  }
}

/** As the client sent it. Several lines of a header are one list (RFC 9110 §5.3); of a repeated parameter the first counts. */
function requestValue(what: "header" | "query" | "cookie", name: string, context: Context): string | undefined {
  const { headers } = context.request;
  if (what === "query") return queryValues(context.query, name)[0];
  if (what === "cookie") return readCookie(allHeaders(headers, "cookie"), name);
  const lines = allHeaders(headers, name.toLowerCase());
  return lines.length === 0 ? undefined : lines.join(", ");
}

/** An absent field is a missing one. */
function put(record: { [name: string]: unknown }, name: string, value: unknown): void {
  if (value === undefined || value === null) delete record[name];
  else Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Absent where it is not an object that has it; JSON's null is absent too. */
function member(of: unknown, name: string): unknown {
  if (typeof of !== "object" || of === null || Array.isArray(of) || !Object.hasOwn(of, name)) return undefined;
  return Reflect.get(of, name) ?? undefined;
}

function indexed(of: unknown, index: unknown): unknown {
  if (Array.isArray(of)) return typeof index === "number" ? (of.at(index) ?? undefined) : undefined;
  return member(of, String(index));
}
