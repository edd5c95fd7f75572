/** A route: its methods, path, host, policies and guard, then its settings and steps; every way through must end. */
import type * as tree from "../1-syntax/tree.ts";
import { kindNames } from "../2-names/index.ts";
import { routeSettings } from "../vocabulary/settings/route.ts";
import { placeArguments } from "./arguments.ts";
import { newBody } from "./body.ts";
import { judgeBodies } from "./clearance.ts";
import type { CheckedRoute } from "./checked.ts";
import { type Body, type ModuleState, type PolicyState, type ProgramState, report, span } from "./context.ts";
import { FILLED_STRING, STRING, UNKNOWN } from "./construct.ts";
import { check } from "./expression.ts";
import { assign } from "./expect.ts";
import { settle } from "./failure.ts";
import { checkGuard } from "./guard.ts";
import { inheritCaller } from "./identify.ts";
import { checkMethods } from "./method.ts";
import { extraLabels, judged } from "./labels.ts";
import { checkPathPattern } from "./path-pattern.ts";
import { fromOutside } from "./outside.ts";
import { policyOf } from "./policy.ts";
import { receive } from "./received.ts";
import { unknownName } from "./reference.ts";
import { declare, enter, assume } from "./scopes.ts";
import { checkSettings } from "./setting.ts";
import { show } from "./show.ts";
import { inheritCarried } from "./sink.ts";
import { checkSteps } from "./steps.ts";
import { resolveType } from "./type-expression.ts";
import { NONE, type Type } from "./type.ts";

export function checkRoute(program: ProgramState, module: ModuleState, node: tree.Route): CheckedRoute {
  const policies = new Set<tree.Policy>();
  const body = newBody(program, module, "route", policies);
  checkMethods(body, node.methods);
  checkPattern(body, node.pattern);
  if (node.host) checkHost(body, node.host);
  body.openRoute = node.open;
  const states = node.policies.map((use) => checkPolicyUse(body, use, policies));
  if (node.guard) checkGuard(body, node.guard);
  const setting = { ...newBody(program, module, "setting"), failures: body.failures };
  const settings = checkSettings(setting, "a route", routeSettings, node.settings, node);
  body.failures.length = 0;
  const { guard } = node;
  const ends = enter(body, () => {
    if (guard) assume(body, guard, true);
    // A route is chosen before its policies run: its guard and their arguments know no caller.
    for (const [index, state] of states.entries())
      if (state) inheritCaller(body, state.caller, node.policies[index] ?? node);
    return checkSteps(body, node.steps);
  });
  if (!ends) withoutEnd(body, node);
  const carries = judgeBodies(body, node, settings.carries);
  return { module, node, name: nameOf(body, node), settings, carries };
}

/** As logs and `vgw why` call it: "GET /orders/{id: uuid}". */
function nameOf(body: Body, node: tree.Route): string {
  const { start, end } = span(body.module, node.pattern);
  const path = body.module.tree.text.slice(start, end).replace(/^"|"$/g, "");
  return `${node.methods.map(({ text }) => text).join(", ")} ${path}`;
}

function checkPattern(body: Body, pattern: tree.PathPattern | tree.Broken): void {
  if (pattern.kind === "broken") {
    body.hasBroken = true;
    return;
  }
  body.pattern = pattern;
  // Routes are not compared by a pattern that was refused.
  if (!checkPathPattern(body, pattern)) body.module.types.set(pattern.id, UNKNOWN);
  const seen = new Set<string>();
  for (const part of pattern.parts) {
    if (part.kind !== "path-parameter") continue;
    const type = parameterType(body, part);
    if (part.name.text !== "" && seen.has(part.name.text)) {
      report(body, part.name, "VGW3036", { name: part.name.text }, "again");
      continue;
    }
    seen.add(part.name.text);
    body.module.types.set(part.id, type);
    declare(body, part.name, fromOutside(body.program, type), part.type);
    if (part.type) receive(body, "path", "", { name: part.name, type: part.type }, type);
  }
}

const pathKinds = new Set(["string", "int", "float", "bool", "uuid", "date", "literal", "unknown"]);

function parameterType(body: Body, part: tree.PathParameter): Type {
  if (!part.type) return part.rest ? STRING : FILLED_STRING;
  const type = resolveType(body, part.type);
  const members = type.kind === "union" ? type.members : [type];
  const good = part.rest
    ? type.kind === "string" || type.kind === "unknown"
    : members.every((member) => pathKinds.has(member.kind) && (type.kind !== "union" || member.kind === "literal"));
  if (!good)
    report(
      body,
      part.type,
      "VGW3024",
      { type: show(type) },
      part.rest ? "the rest of a path is a string" : "not here",
      {
        help: "string, int, float, bool, uuid, date, or one of several literals",
      },
    );
  return type;
}

function checkHost(body: Body, node: tree.Expression): void {
  if (node.kind === "broken") return;
  if (node.kind !== "string") {
    report(body, node, "VGW3022", {}, "a host is written as a text without holes");
    return;
  }
  if (!/^(\*\.)?([a-z0-9-]+\.)*[a-z0-9-]+$/.test(node.value) && !/^[0-9.]+$|^\[[0-9a-f:.]+\]$/.test(node.value))
    report(
      body,
      node,
      "VGW3034",
      { text: `"${node.value}"`, type: "a host" },
      'in lower case and without a port: "shop.example" or "*.shop.example"',
    );
  check(body, node);
}

/** Arguments are evaluated before the policy's steps, so they know the path's parameters. */
function checkPolicyUse(body: Body, use: tree.PolicyUse, policies: Set<tree.Policy>): PolicyState | null {
  const symbol = body.module.names.get(use.name.text);
  if (symbol?.kind !== "policy") {
    for (const argument of use.arguments) check(body, argument.value);
    settle(body, 0);
    if (symbol?.kind === "broken" || use.name.text === "") return null;
    if (symbol)
      report(
        body,
        use.name,
        "VGW2011",
        { name: use.name.text, kind: kindNames[symbol.kind], wanted: "policy" },
        "a policy is expected here",
      );
    else
      unknownName(
        body,
        use.name,
        [...body.module.names].flatMap(([key, { kind }]) => (kind === "policy" ? [key] : [])),
      );
    return null;
  }
  const declaration = symbol.node as tree.Policy;
  if (policies.has(declaration)) report(body, use, "VGW3006", { name: use.name.text }, "again");
  policies.add(declaration);
  const state = policyOf(body.program, declaration, symbol.module);
  if (!state) return null;
  body.module.meanings.set(use.id, { kind: "policy", policy: state.checked });
  const shapes = state.parameters.map(({ name }) => ({ name, optional: false }));
  const placed = placeArguments(body, use, use.name.text, shapes, use.arguments, 0);
  const flows = state.parameters.map(({ type, name }, index) => {
    const argument = placed[index];
    if (!argument) return NONE;
    const found = assign(body, argument, check(body, argument, type), type);
    const extra = extraLabels(type, found);
    for (const label of judged(extra))
      report(body, argument, "VGW5005", { label: `@${label}` }, `${name} is declared without @${label}`, {
        help: `declare it: ${name}: ${show(type)} @${label}`,
      });
    return extra;
  });
  body.policyFlows.set(declaration, flows);
  settle(body, 0);
  inheritCarried(body, state.carried);
  if (state.received.length > 0) body.received = [...body.received, ...state.received];
  body.budgets.push(...state.budgets);
  return state;
}

function withoutEnd(body: Body, node: tree.Route): void {
  const end = span(body.module, node).end;
  report(body, node, "VGW6101", {}, "not every way through it comes to reply, deny or forward", {
    help: "end it with reply, deny or forward",
    fixes: [
      {
        title: "Add deny 404",
        kind: "maybe",
        edits: [{ span: { file: body.module.tree.file, start: end - 1, end: end - 1 }, text: "\n  deny 404\n" }],
      },
    ],
  });
}
