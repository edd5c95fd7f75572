/** Small wrong changes to a plan, one kind each: if one side had such a fault, would the corpus notice? */
import type { Plan } from "../../compiler/5-plan/plan.ts";

export interface Mutation {
  readonly kind: string;
  /** The changed node, or null where the kind does not apply to this one. */
  readonly change: (node: Node) => Node | null;
}

/** Any object of the plan: mutations look at fields by name, so that new kinds of nodes need no new code here. */
export type Node = { readonly [key: string]: unknown };

const isStep = (node: Node, step: string): boolean => node.step === step;
const isExpr = (node: Node, expr: string): boolean => node.expr === expr;
const swapOperator =
  (pairs: { readonly [from: string]: string }) =>
  (node: Node): Node | null => {
    const to = isExpr(node, "binary") && typeof node.operator === "string" ? pairs[node.operator] : undefined;
    return to === undefined ? null : { ...node, operator: to };
  };
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

export const mutations: readonly Mutation[] = [
  { kind: "arithmetic operator", change: swapOperator({ "+": "-", "-": "+", "*": "+" }) },
  { kind: "comparison operator", change: swapOperator({ "<": "<=", "<=": "<", ">": ">=", ">=": ">" }) },
  { kind: "equality negated", change: swapOperator({ "==": "!=", "!=": "==" }) },
  { kind: "and for or", change: swapOperator({ and: "or", or: "and" }) },
  {
    kind: "whole number off by one",
    change: (node) =>
      isExpr(node, "constant") && Number.isSafeInteger(node.value) ? { ...node, value: Number(node.value) + 1 } : null,
  },
  {
    kind: "text changed",
    change: (node) =>
      isExpr(node, "constant") && typeof node.value === "string" && isText(node.type)
        ? { ...node, value: `${node.value}x` }
        : null,
  },
  {
    kind: "branches swapped",
    change: (node) =>
      isStep(node, "if") || isExpr(node, "conditional")
        ? { ...node, then: node.otherwise, otherwise: node.then }
        : null,
  },
  {
    kind: "range open at its end",
    change: (node) => (isExpr(node, "within") && node.to !== null ? { ...node, to: null } : null),
  },
  {
    kind: "failure unhandled",
    change: (node) =>
      isStep(node, "attempt") ? { ...node, otherwise: [{ step: "fail", kind: "absent", origin: node.origin }] } : null,
  },
  { kind: "requirement dropped", change: (node) => (isStep(node, "require") ? { ...node, condition: TRUE } : null) },
  {
    kind: "no WebSockets",
    change: (node) => (isStep(node, "forward") && node.webSocket !== null ? { ...node, webSocket: null } : null),
  },
  { kind: "limit dropped", change: (node) => (isStep(node, "limit") ? NOTHING(node) : null) },
  {
    kind: "limit for all",
    change: (node) => (isStep(node, "limit") && node.key !== null ? { ...node, key: null } : null),
  },
  {
    kind: "limit says nothing",
    change: (node) => (isStep(node, "limit") && node.headers === true ? { ...node, headers: false } : null),
  },
  {
    kind: "no Retry-After",
    change: (node) => (isStep(node, "limit") && node.retryAfter === true ? { ...node, retryAfter: false } : null),
  },
  { kind: "no concurrency limit", change: (node) => (isStep(node, "concurrency") ? NOTHING(node) : null) },
  {
    kind: "concurrency limit for all",
    change: (node) => (isStep(node, "concurrency") && node.key !== null ? { ...node, key: null } : null),
  },
  {
    kind: "concurrency limit without a queue",
    change: (node) => (isStep(node, "concurrency") && node.queue !== 0 ? { ...node, queue: 0, retryAfter: 7 } : null),
  },
  {
    kind: "no Retry-After of a concurrency limit",
    change: (node) => (isStep(node, "concurrency") && node.retryAfter !== null ? { ...node, retryAfter: null } : null),
  },
  {
    kind: "nobody identified",
    change: (node) => (isStep(node, "identify") ? { step: "fail", kind: "refused", origin: node.origin } : null),
  },
  { kind: "change dropped", change: (node) => (isStep(node, "set") ? NOTHING(node) : null) },
  { kind: "log dropped", change: (node) => (isStep(node, "log") ? NOTHING(node) : null) },
  {
    kind: "header renamed",
    change: (node) =>
      isStep(node, "set") && typeof node.place === "string" && node.place.endsWith("header")
        ? { ...node, name: `${node.name}-x` }
        : null,
  },
  {
    kind: "set becomes remove",
    change: (node) => (isStep(node, "set") && node.value !== null ? { ...node, value: null } : null),
  },
  {
    kind: "cookie attribute lost",
    change: (node) =>
      isNode(node.cookie) && node.cookie.maxAge !== null ? { ...node, cookie: { ...node.cookie, maxAge: null } } : null,
  },
  {
    kind: "status changed",
    change: (node) => {
      if (!(isStep(node, "reply") || isStep(node, "deny")) || !isNode(node.status) || node.status.value === undefined)
        return null;
      return { ...node, status: { ...node.status, value: node.status.value === 404 ? 410 : 404 } };
    },
  },
  {
    kind: "call's method changed",
    change: (node) => (isStep(node, "call") ? { ...node, method: node.method === "PUT" ? "POST" : "PUT" } : null),
  },
  { kind: "404 is a failure", change: (node) => (node.absentOn404 === true ? { ...node, absentOn404: false } : null) },
  {
    kind: "steps in another order",
    change: (node) => {
      if (!isList(node.steps) || node.steps.length < 2) return null;
      const [first, second, ...rest] = node.steps;
      return swappable(first) && swappable(second) ? { ...node, steps: [second, first, ...rest] } : null;
    },
  },
  {
    kind: "arms in another order",
    change: (node) =>
      isExpr(node, "match") && isList(node.arms) && node.arms.length > 2
        ? { ...node, arms: [node.arms[1], node.arms[0], ...node.arms.slice(2)].map(exchangeTests(node.arms)) }
        : null,
  },
  {
    kind: "field renamed",
    change: (node) =>
      node.kind === "entry" && typeof node.name === "string" && isNode(node.value)
        ? { ...node, value: { expr: "none", type: node.value.type } }
        : null,
  },
  {
    kind: "guard dropped",
    change: (node) => (isList(node.segments) && node.guard !== null ? { ...node, guard: null } : null),
  },
  {
    kind: "method changed",
    change: (node) =>
      isList(node.segments) && isList(node.methods)
        ? { ...node, methods: [node.methods[0] === "PUT" ? "GET" : "PUT"] }
        : null,
  },
  {
    kind: "method lost",
    change: (node) =>
      isList(node.segments) && isList(node.methods) && node.methods.length > 1
        ? { ...node, methods: node.methods.slice(1) }
        : null,
  },
  {
    kind: "host dropped",
    change: (node) => (isList(node.segments) && node.host !== null ? { ...node, host: null } : null),
  },
  {
    kind: "literal segment changed",
    change: (node) =>
      node.kind === "literal" && typeof node.text === "string" ? { ...node, text: `${node.text}x` } : null,
  },
  {
    kind: "body limit raised",
    // The default is too large for a case to reach.
    change: (node) =>
      isList(node.segments) && typeof node.bodyLimit === "number" && node.bodyLimit < 1000
        ? { ...node, bodyLimit: node.bodyLimit + 1 }
        : null,
  },
  {
    kind: "bound of input raised",
    change: (node) => (isStep(node, "read") || (isNode(node.slot) && node.kind === "parameter") ? raised(node) : null),
  },
  {
    kind: "codec changed",
    change: (node) => (isStep(node, "read") && node.codec === "form" ? { ...node, codec: "json" } : null),
  },
  {
    kind: "default lost",
    change: (node) => (isStep(node, "read") && node.default !== null ? { ...node, default: null } : null),
  },
  {
    kind: "hole not encoded",
    change: (node) =>
      isExpr(node, "encode") && node.as !== "text" && isNode(node.of) && isText(node.of.type)
        ? { ...node, as: "text" }
        : null,
  },
  {
    kind: "media type changed",
    change: (node) => (typeof node.mediaType === "string" ? { ...node, mediaType: "text/x-wrong" } : null),
  },
  {
    kind: "another built-in",
    change: (node) => {
      const to = isExpr(node, "builtin") && typeof node.name === "string" ? SIBLINGS[node.name] : undefined;
      return to === undefined ? null : { ...node, name: to };
    },
  },
  {
    kind: "answer steps dropped",
    change: (node) =>
      isStep(node, "forward") && isList(node.answer) && node.answer.length > 0 ? { ...node, answer: [] } : null,
  },
];

const SIBLINGS: { readonly [key: string]: string } = {
  "string.upper": "string.lower",
  "string.starts_with": "string.ends_with",
  "list.sort": "list.reverse",
  "list.any": "list.all",
  "list.take": "list.skip",
  "list.max": "list.min",
  "list.first": "list.last",
  base64: "hex",
  "date.month": "date.day",
  round: "floor",
};

const TRUE = { expr: "constant", type: { kind: "bool", labels: [] }, value: true };
/** A step that does nothing. */
const NOTHING = (node: Node): Node => ({ step: "if", condition: TRUE, then: [], otherwise: [], origin: node.origin });
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (type: unknown): boolean =>
  isNode(type) && (type.kind === "string" || (type.kind === "literal" && typeof type.value === "string"));
/** Steps that do not define what the next one reads. */
const swappable = (step: unknown): boolean =>
  isNode(step) &&
  ["set", "require", "limit", "concurrency", "log", "reply", "deny", "forward", "if"].includes(String(step.step));
/** The first two arms trade their tests' places with their values. */
const exchangeTests =
  (arms: readonly unknown[]) =>
  (arm: unknown, index: number): unknown => {
    const [before] = [arms[index]];
    return index < 2 && isNode(arm) && isNode(before) ? { ...arm, test: before.test } : arm;
  };

/** The first upper bound in the type of what is read, one higher. */
function raised(node: Node): Node | null {
  let isDone = false;
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (!isNode(value) || isDone) return value;
    if (
      (value.kind === "string" || value.kind === "list" || value.kind === "int") &&
      typeof value.max === "number" &&
      value.max < 1e9
    ) {
      isDone = true;
      return { ...value, max: value.max + 1 };
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item)]));
  };
  const slot = walk(node.slot);
  return isDone ? { ...node, slot } : null;
}

/** Where in the plan a kind applies: paths of keys from the root. Types are shared, so only those of routes count. */
export function sites(plan: Plan, mutation: Mutation): string[][] {
  const found: string[][] = [];
  const walk = (value: unknown, path: string[]): void => {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) walk(item, [...path, String(index)]);
      return;
    }
    if (!isNode(value)) return;
    if (mutation.change(value) !== null) found.push(path);
    for (const [key, item] of Object.entries(value))
      if (key !== "origin" && key !== "spans" && key !== "files") walk(item, [...path, key]);
  };
  for (const key of ["constants", "functions", "routes"] as const) walk(plan[key], [key]);
  return found;
}

export function mutated(plan: Plan, mutation: Mutation, path: readonly string[]): Plan {
  const apply = (value: unknown, rest: readonly string[]): unknown => {
    const [key, ...more] = rest;
    if (key === undefined) return isNode(value) ? (mutation.change(value) ?? value) : value;
    if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? apply(item, more) : item));
    return isNode(value) ? { ...value, [key]: apply(value[key], more) } : value;
  };
  const [first = "", ...rest] = path;
  const changed = Object.entries(plan).map(([key, value]) => [key, key === first ? apply(value, rest) : value]);
  return { ...plan, ...Object.fromEntries(changed) };
}
