/** Which route answers: one function of plain conditions while the program is small, a trie where it is large. */
import { listLiteral } from "./literal.ts";
import { ERRORS } from "../../runtime/errors.ts";
import type { RoutePlan } from "../5-plan/plan.ts";
import type { Emission } from "./emission.ts";
import { expression } from "./expression.ts";
import { Names } from "./names.ts";
import {
  conditions,
  type Group,
  groups,
  hostText,
  parametersOf,
  parameterText,
  readsSegments,
  takesAll,
  triePath,
} from "./pattern.ts";
import { knownProblem } from "./problem.ts";
import { Scope } from "./scope.ts";
import { childExpressions } from "./walk.ts";
import type { Expr } from "../5-plan/plan.ts";
import { emitWarmSwitch, emitWarmTrie } from "./warm.ts";
import type { SourceWriter } from "./writer.ts";

/**
 * Up to so many patterns stand in one function. More would be slower than the trie, and V8 does not optimise a function
 * of more than about 60 KB of bytecode.
 */
export const LARGEST_SWITCH = 32;

/** What the matcher calls: the route's function and which of the path's parameters it takes. */
export interface RouteFunction {
  readonly name: string;
  readonly parameters: readonly string[];
}

export type RouteFunctions = ReadonlyMap<RoutePlan, RouteFunction>;

export function emitMatching(emission: Emission, writer: SourceWriter, functions: RouteFunctions): void {
  const made = groups(emission.plan.routes);
  if (made.length <= LARGEST_SWITCH) {
    emitSwitch(emission, writer, functions, made);
    emitWarmSwitch(emission, writer, made);
  } else {
    emitTrie(emission, writer, functions, made);
    emitWarmTrie(emission, writer);
  }
}

function emitSwitch(emission: Emission, writer: SourceWriter, functions: RouteFunctions, made: readonly Group[]): void {
  const last = made.findIndex((group) => takesEverything(functions, group));
  const reached = last === -1 ? made : made.slice(0, last + 1);
  const routes = reached.flatMap((group) => group.routes);
  const exchange = emission.useType("Exchange");
  writer.line("/** The routes in the order in which they decide; the first that fits answers. */");
  writer.block(`function handle(exchange: ${exchange}): void | Promise<void>`, () => {
    const methods = routes.some((route) => route.methods !== null);
    // Where some route takes everything, nobody asks why the others did not.
    const refuses = methods && last === -1;
    // With guards alone there is nothing but 404.
    const guarded = refuses && routes.some((route) => route.guard !== null);
    if (methods) writer.line("const { method } = exchange;");
    if (routes.some((route) => route.host !== null)) {
      writer.line(`const hostname = ${emission.use("hostName")}(exchange.host);`);
    }
    if (routes.some(readsSegments)) {
      writer.line(`const segments = ${emission.use("pathSegments")}(exchange.path);`);
    }
    if (refuses) {
      writer.line("// Methods of the routes whose path fits, for 405 should none of them take the request.");
      writer.line("let allowed: readonly string[] | null = null;");
    }
    if (guarded) writer.line("let guarded = false;");
    for (const group of reached) {
      writer.blank();
      writer.line(`// ${group.shown}`);
      emitGroup(emission, writer, functions, group, {
        withHost: true,
        taken: (call) => `return ${call};`,
        guarded: guarded ? ["guarded = true;"] : [],
        missed: refuses
          ? (methods) => [`allowed = ${emission.use("allowMethods")}(allowed, ${listLiteral(methods)});`]
          : () => [],
      });
    }
    if (last !== -1) return;
    writer.blank();
    if (refuses) {
      const known = guarded ? "guarded || allowed === null" : "allowed === null";
      writer.line(`if (${known}) return ${notFoundText(emission)};`);
      writer.line(`return ${notAllowedText(emission)};`);
    } else {
      writer.line(`return ${notFoundText(emission)};`);
    }
  });
}

function emitTrie(emission: Emission, writer: SourceWriter, functions: RouteFunctions, made: readonly Group[]): void {
  const exchange = emission.useType("Exchange");
  const entries: string[] = [];
  for (const group of made) {
    const [route] = group.routes;
    if (route === undefined) continue;
    const name = emission.take(`match_${functions.get(route)?.name ?? "route"}`);
    const methods = allMethods(group);
    const parameter = readsSegments(route) ? `, segments: readonly string[]` : "";
    writer.line(`// ${group.shown}`);
    writer.block(`function ${name}(exchange: ${exchange}${parameter}): ${emission.useType("Taken")}`, () => {
      if (group.routes.some((one) => one.methods !== null)) writer.line("const { method } = exchange;");
      const guarded = group.routes.some((one) => one.guard !== null);
      if (guarded) writer.line("let guarded = false;");
      const goesOn = emitGroup(emission, writer, functions, group, {
        withHost: false,
        taken: (call) => `return ${call};`,
        guarded: ["guarded = true;"],
        missed: () => {
          const missed = emission.use("OTHER_METHOD");
          return [guarded ? `return guarded ? ${emission.use("GUARDED")} : ${missed};` : `return ${missed};`];
        },
      });
      if (!goesOn) return;
      const other = emission.use("OTHER_PATH");
      writer.line(guarded ? `return guarded ? ${emission.use("GUARDED")} : ${other};` : `return ${other};`);
    });
    writer.blank();
    const host = JSON.stringify(hostText(route));
    entries.push(
      `{ host: ${host}, path: ${JSON.stringify(triePath(route))}, methods: ${listLiteral(methods)}, take: ${name} },`,
    );
  }
  writer.line("/** The patterns in the order in which they decide. */");
  writer.line(`const routes: readonly ${emission.useType("TrieRoute")}[] = [`);
  writer.indented(() => {
    for (const entry of entries) writer.line(entry);
  });
  writer.line("];");
  writer.line(`const trie = ${emission.use("routeTrie")}(routes);`);
  writer.blank();
  writer.block(`function handle(exchange: ${exchange}): void | Promise<void>`, () => {
    writer.line(`const found = ${emission.use("takeRoute")}(trie, exchange);`);
    writer.line(`if ("answer" in found) return found.answer;`);
    writer.line("const { allowed } = found;");
    writer.line(`if (allowed === null) return ${notFoundText(emission)};`);
    writer.line(`return ${notAllowedText(emission)};`);
  });
}

/** What stands where a group's route is taken, its guard does not hold, or only its methods do not fit. */
interface Outcomes {
  readonly withHost: boolean;
  readonly taken: (call: string) => string;
  readonly guarded: readonly string[];
  readonly missed: (methods: readonly string[]) => readonly string[];
}

/** False: nothing comes behind it. */
function emitGroup(
  emission: Emission,
  writer: SourceWriter,
  functions: RouteFunctions,
  group: Group,
  outcomes: Outcomes,
): boolean {
  const [first] = group.routes;
  if (first === undefined) return true;
  let goesOn = true;
  let conditional = false;
  const names = new Names(emission.names, ["method", "hostname", "segments", "allowed", "guarded"]);
  const scope = new Scope(emission, names);
  const judge = (): void => {
    let open = true;
    for (const route of group.routes) if (open) open = emitRoute(scope, writer, functions, route, outcomes);
    const methods = allMethods(group);
    goesOn = open && methods.length === 0;
    if (open && methods.length > 0) for (const line of outcomes.missed(methods)) writer.line(line);
  };
  // In the trie the fixed parts of the path are known to fit.
  const fixed = outcomes.withHost ? conditions(emission, first, true) : [];
  const parameters = parametersOf(first);
  const read = (): void => {
    if (parameters.length === 0) {
      judge();
      return;
    }
    const tests: string[] = [];
    for (const slot of parameters) {
      const used = isUsed(functions, group, slot.name);
      if (!used && takesAll(first, slot)) continue;
      const text = parameterText(emission, first, slot);
      if (!used) {
        tests.push(`${text} !== undefined`);
        continue;
      }
      const name = scope.bind(slot);
      writer.line(`const ${name} = ${text};`);
      tests.push(`${name} !== undefined`);
    }
    if (tests.length === 0) judge();
    else {
      conditional = true;
      writer.block(`if (${tests.join(" && ")})`, judge);
    }
  };
  // A parameter's name is the group's own.
  const named = outcomes.withHost && parameters.some((slot) => isUsed(functions, group, slot.name));
  if (fixed.length === 0) {
    if (!named) read();
    else {
      writer.line("{");
      writer.indented(read);
      writer.line("}");
    }
  } else writer.block(`if (${fixed.join(" && ")})`, read);
  return goesOn || conditional || fixed.length > 0;
}

/** Whether no request gets past it: any host, any path, and a route for any method without a guard. */
function takesEverything(functions: RouteFunctions, group: Group): boolean {
  const [first] = group.routes;
  if (first === undefined || first.host !== null || first.rest === null || first.segments.length > 0) return false;
  if (!takesAll(first, first.rest) || isUsed(functions, group, first.rest.name)) return false;
  return group.routes.some((route) => route.methods === null && route.guard === null);
}

function isUsed(functions: RouteFunctions, group: Group, slot: string): boolean {
  const reads = (expr: Expr): boolean =>
    (expr.expr === "slot" && expr.name === slot) || childExpressions(expr).some(reads);
  return group.routes.some(
    (route) => functions.get(route)?.parameters.includes(slot) || (route.guard !== null && reads(route.guard)),
  );
}

/** False: whatever comes here is taken. */
function emitRoute(
  scope: Scope,
  writer: SourceWriter,
  functions: RouteFunctions,
  route: RoutePlan,
  outcomes: Outcomes,
): boolean {
  const function_ = functions.get(route);
  if (function_ === undefined) return true;
  const given = function_.parameters.map((name) => scope.binding(name).text);
  const taken = outcomes.taken(`${function_.name}(${["exchange", ...given].join(", ")})`);
  let open = true;
  writer.within(route.origin, () => {
    const judge = (): void => {
      if (route.guard === null) {
        writer.line(taken);
        return;
      }
      writer.conditional(expression(scope, route.guard), () => writer.line(taken));
      for (const line of outcomes.guarded) writer.line(line);
    };
    if (route.methods === null) {
      judge();
      open = route.guard !== null;
    } else {
      const methods = route.methods.includes("GET") ? [...route.methods, "HEAD"] : route.methods;
      const tests = [...new Set(methods)].map((method) => `method === ${JSON.stringify(method)}`);
      writer.conditional(tests.join(" || "), judge);
    }
  });
  return open;
}

/** Sorted, with HEAD where GET is. */
function allMethods(group: Group): string[] {
  const methods = new Set(group.routes.flatMap((route) => route.methods ?? []));
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods].sort();
}

function notFoundText(emission: Emission): string {
  const { status } = ERRORS["not-found"];
  const problem = knownProblem(emission, status, "not-found", null);
  return `${emission.use("replyKnownProblem")}(exchange, ${status}, "not-found", ${problem})`;
}

function notAllowedText(emission: Emission): string {
  const problem = knownProblem(emission, ERRORS["method-not-allowed"].status, "method-not-allowed", null);
  return `${emission.use("replyMethodNotAllowed")}(exchange, allowed, ${problem})`;
}
