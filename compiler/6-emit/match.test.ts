/** Guards "routing equals trying every route in turn": random programs and requests, against a matcher that is nothing but the rule. */
import { compileFunction } from "node:vm";
import { transformSync } from "esbuild";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as runtime from "../../runtime/index.ts";
import type { RoutePlan } from "../5-plan/plan.ts";
import { emit } from "./index.ts";
import { LARGEST_SWITCH } from "./match.ts";
import { ORIGIN, plan, route, text } from "./testing.ts";

interface Question {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly secure: boolean;
}

/** "GET /a {…}", "404" or "405 GET, HEAD". */
type Verdict = string;

// ---------------------------------------------------------------- the rule

function naive(routes: readonly RoutePlan[], { method, host, path, secure }: Question): Verdict {
  const parts = path.slice(1).split("/");
  const methods = new Set<string>();
  let methodFits = false;
  for (const one of routes) {
    if (!hostFits(one, host.replace(/:\d+$/, ""))) continue;
    const values = parameters(one, parts);
    if (values === null) continue;
    for (const allowed of one.methods ?? []) {
      methods.add(allowed);
      if (allowed === "GET") methods.add("HEAD");
    }
    if (one.methods !== null && !one.methods.includes(method) && !(method === "HEAD" && one.methods.includes("GET"))) {
      continue;
    }
    methodFits = true;
    if (one.guard === null || secure) return `${one.name} ${JSON.stringify(values)}`;
  }
  return methods.size > 0 && !methodFits ? `405 ${[...methods].sort().join(", ")}` : "404";
}

function hostFits({ host }: RoutePlan, name: string): boolean {
  if (host === null) return true;
  return host.kind === "exact" ? name === host.value : name.endsWith(`.${host.value}`) && name !== `.${host.value}`;
}

function parameters(one: RoutePlan, parts: readonly string[]): string[] | null {
  const count = one.segments.length;
  if (count === 0 && one.rest === null) return parts.length === 1 && parts[0] === "" ? [] : null;
  if (one.rest === null ? parts.length !== count : parts.length <= count) return null;
  const values: string[] = [];
  for (const [index, segment] of one.segments.entries()) {
    const part = parts[index] ?? "";
    if (segment.kind === "literal") {
      if (part !== segment.text) return null;
      continue;
    }
    const { prefix, suffix, slot } = segment;
    if (part.length <= prefix.length + suffix.length || !part.startsWith(prefix) || !part.endsWith(suffix)) return null;
    const value = decodeURIComponent(part.slice(prefix.length, part.length - suffix.length));
    if (slot.type.kind === "int" && !/^(0|-?[1-9]\d*)$/.test(value)) return null;
    values.push(value);
  }
  if (one.rest !== null) values.push(decodeURIComponent(parts.slice(count).join("/")));
  return values;
}

// ---------------------------------------------------------------- the generated code

type Answer = (question: Question) => Verdict;

function compiled(routes: readonly RoutePlan[]): Answer {
  const { text: source } = emit(plan(routes));
  const { code } = transformSync(source, { loader: "ts", format: "cjs" });
  const module: { exports: { load?: () => { handle(exchange: object): void } } } = { exports: {} };
  compileFunction(code, ["exports", "require", "module"])(module.exports, () => runtime, module);
  const program = module.exports.load?.();
  return ({ method, host, path, secure }) => {
    let verdict = "";
    const exchange = {
      method,
      host,
      path,
      secure,
      query: "",
      headers: [],
      address: "",
      route: "",
      shownPath: "",
      respond(status: number, headers: string[], body: string) {
        const allow = headers[headers.indexOf("allow") + 1];
        verdict = status === 200 ? body : status === 405 ? `405 ${allow}` : String(status);
      },
    };
    program?.handle(exchange);
    return verdict;
  };
}

/** Answers with its name and parameters. */
function telling(one: RoutePlan): RoutePlan {
  const slots = one.segments.flatMap((segment) => (segment.kind === "parameter" ? [segment.slot] : []));
  if (one.rest !== null) slots.push(one.rest);
  const holes = slots.map((slot) => ({ expr: "slot" as const, type: slot.type, name: slot.name }));
  const encoded = holes.map((of) => ({
    expr: "builtin" as const,
    name: "encode_json",
    type: text("").type,
    arguments: [{ expr: "encode" as const, type: text("").type, of, as: "text" as const }],
  }));
  const texts = [`${one.name} [`, ...encoded.map(() => ","), ""].slice(0, encoded.length + 1);
  const last = texts.length - 1;
  const value = {
    expr: "template" as const,
    type: text("").type,
    texts: encoded.length === 0 ? [`${one.name} []`] : texts.map((part, index) => (index === last ? "]" : part)),
    holes: encoded,
  };
  return {
    ...one,
    steps: [
      {
        step: "reply",
        origin: ORIGIN,
        status: { expr: "constant", type: { kind: "int", min: 200, max: 200, labels: [] }, value: 200 },
        content: { kind: "text", mediaType: "text/plain", value },
      },
    ],
  };
}

// ---------------------------------------------------------------- random programs

const SEGMENT = fc.constantFrom("a", "b", "7", "{x}", "{n:int}", "v-{x}.json", "v-{n:int}", "");
const HOST = fc.constantFrom(
  null,
  { kind: "exact", value: "a.example" },
  { kind: "suffix", value: "example" },
  { kind: "suffix", value: "a.example" },
);
const METHODS = fc.constantFrom("any", "GET", "POST", "HEAD", "GET,POST", "DELETE");

/** Something that only the request decides. */
const GUARD = {
  expr: "binary" as const,
  type: { kind: "bool" as const, labels: [] },
  operator: "==" as const,
  left: { expr: "request" as const, type: text("").type, what: "scheme" as const },
  right: text("https"),
};

const ROUTE = fc
  .record({
    methods: METHODS,
    host: HOST,
    segments: fc.array(SEGMENT, { maxLength: 3 }),
    rest: fc.boolean(),
    guarded: fc.boolean(),
  })
  .map(({ methods, host, segments, rest, guarded }) => {
    // Parameter names are unique within a pattern.
    const named = segments.map((segment, index) =>
      segment.replace(/\{([a-z])/, (_, name: string) => `{${name}${"abc"[index]}`),
    );
    const path = `/${[...named, ...(rest ? ["{rest...}"] : [])].join("/")}`;
    return { head: `${methods} ${path}`, host: host as RoutePlan["host"], guard: guarded ? GUARD : null };
  });

const PATH = fc
  .array(fc.constantFrom("a", "b", "7", "v-7", "v-a.json", "v-.json", "c%2Fd", "%C3%A9", ""), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => `/${parts.join("/")}`);
const QUESTION = fc.record({
  method: fc.constantFrom("GET", "HEAD", "POST", "PUT"),
  host: fc.constantFrom("a.example", "b.example", "a.example:80", "x.a.example", "other", ".example"),
  path: PATH,
  secure: fc.boolean(),
});

function program(drawn: readonly { head: string; host: RoutePlan["host"]; guard: RoutePlan["guard"] }[]): RoutePlan[] {
  return drawn.map(({ head, host, guard }, index) =>
    telling({ ...route(head, [], { host, guard }), name: `r${index}` }),
  );
}

describe("generated matching equals trying every route in turn", () => {
  for (const [form, size] of [
    ["conditions", { minLength: 1, maxLength: 8 }],
    ["a trie", { minLength: LARGEST_SWITCH + 20, maxLength: LARGEST_SWITCH + 40 }],
  ] as const) {
    test(`as ${form}`, () => {
      fc.assert(
        fc.property(fc.array(ROUTE, size), fc.array(QUESTION, { minLength: 20, maxLength: 40 }), (drawn, questions) => {
          const routes = program(drawn);
          const answer = compiled(routes);
          for (const question of questions) expect(answer(question)).toBe(naive(routes, question));
        }),
        { numRuns: form === "a trie" ? 40 : 120 },
      );
    });
  }
});
