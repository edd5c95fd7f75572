/** Hand-written plans for the tests of emission and bundling. */
import { NONE, type Type } from "../3-types/type.ts";
import type { Expr, Origin, Plan, RoutePlan, Step } from "../5-plan/plan.ts";

export const STRING: Type = { kind: "string", min: 0, max: null, pattern: null, labels: NONE };
export const UUID: Type = { kind: "uuid", labels: NONE };
export const INT: Type = {
  kind: "int",
  min: -Number.MAX_SAFE_INTEGER,
  max: Number.MAX_SAFE_INTEGER,
  labels: NONE,
};

export const ORIGIN: Origin = { file: 0, node: 0 };

export function text(value: string): Expr {
  return { expr: "constant", type: STRING, value };
}
export function number(value: number): Expr {
  return { expr: "constant", type: INT, value };
}

export function reply(value: Expr, status = 200): Step {
  return {
    step: "reply",
    origin: ORIGIN,
    status: number(status),
    content: { kind: "json", value, type: value.type },
  };
}

/** `GET path`, open, answering with steps. A segment "{name}" is a string parameter, "{name: uuid}" and so on a typed one. */
export function route(head: string, steps: readonly Step[], more: Partial<RoutePlan> = {}): RoutePlan {
  const [methods = "any", path = "/"] = head.split(" ");
  const parts = path === "/" ? [] : path.slice(1).split("/");
  let rest: RoutePlan["rest"] = null;
  const segments: RoutePlan["segments"][number][] = [];
  for (const part of parts) {
    const hole = /^(.*)\{([a-z]+)(\.\.\.)?(?::(\w+))?\}(.*)$/.exec(part);
    if (hole === null) {
      segments.push({ kind: "literal", text: part });
      continue;
    }
    const [, prefix = "", name = "", dots, type, suffix = ""] = hole;
    const slot = { name, type: type === "uuid" ? UUID : type === "int" ? INT : STRING };
    if (dots) rest = slot;
    else segments.push({ kind: "parameter", prefix, suffix, slot });
  }
  return {
    name: head,
    origin: ORIGIN,
    methods: methods === "any" ? null : methods.split(",").sort(),
    host: null,
    segments,
    rest,
    guard: null,
    deadline: null,
    bodyLimit: 1_000_000,
    access: ["open"],
    shownPath: null,
    faults: null,
    steps,
    ...more,
  };
}

export function plan(routes: readonly RoutePlan[], more: Partial<Plan> = {}): Plan {
  return {
    files: [{ path: "test.vgw", text: "vgw 1\n" }],
    gateway: { name: "test", settings: {} },
    services: [],
    identities: [],
    models: [],
    pools: [],
    budgets: [],
    constants: [],
    functions: [],
    routes,
    environment: [],
    spans: [[[0, 0]]],
    ...more,
  };
}

export function hello(): Plan {
  const name: Expr = { expr: "slot", type: STRING, name: "name" };
  const message: Expr = {
    expr: "template",
    type: STRING,
    texts: ["Hello, ", "!"],
    holes: [{ expr: "encode", type: STRING, of: name, as: "text" }],
  };
  const value: Expr = {
    expr: "record",
    type: { kind: "record", name: null, fields: [{ name: "message", type: STRING, default: undefined }], labels: NONE },
    entries: [{ kind: "entry", name: "message", value: message }],
  };
  return plan([route("GET /hello/{name}", [reply(value)])]);
}
