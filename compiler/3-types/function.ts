/** Functions: checked once, when first called or at the end; their parameters' private labels tell what flows to the result. */
import type * as tree from "../1-syntax/tree.ts";
import type { GlobalSymbol } from "../2-names/index.ts";
import { placeArguments } from "./arguments.ts";
import { newBody } from "./body.ts";
import type { Receiver } from "./call.ts";
import {
  type Body,
  type FunctionState,
  type ModuleState,
  type OpenFailure,
  type ProgramState,
  report,
} from "./context.ts";
import { UNKNOWN } from "./construct.ts";
import { check, expect } from "./expression.ts";
import { assign } from "./expect.ts";
import { extraLabels, labelledAs, mapLabels, ofArguments, parameterLabel, visible, withLabels } from "./labels.ts";
import { declare } from "./scopes.ts";
import { resolveType } from "./type-expression.ts";
import type { Labels, Type } from "./type.ts";
import { NONE } from "./type.ts";

/** null: it is being checked just now, so it calls itself. */
export function functionOf(
  program: ProgramState,
  node: tree.FunctionDeclaration,
  moduleIndex: number,
): FunctionState | null {
  const known = program.functions.get(node);
  if (known) return known;
  if (program.open.has(node)) return null;
  program.open.add(node);
  const module = program.modules[moduleIndex]!;
  const body = newBody(program, module, "function");
  const parameters = node.parameters.map((parameter, index) => {
    const type = parameter.type ? resolveType(body, parameter.type) : UNKNOWN;
    return { name: parameter.name.text, node: parameter, type, labelled: withLabels(type, [parameterLabel(index)]) };
  });
  for (const { node: parameter, labelled } of parameters) declare(body, parameter.name, labelled, parameter.type);
  const declared = node.result ? resolveType(body, node.result) : null;
  const found = declared ? expect(body, node.body, declared) : check(body, node.body);
  // A declared result keeps its own form; what flows into it is found in the body.
  const result = declared ? labelledAs(declared, found) : found;
  const fails = failureOf(body.failures);
  program.open.delete(node);
  const state: FunctionState = {
    checked: {
      module,
      node,
      name: node.name.text,
      parameters: parameters.map(({ type }) => type),
      result: mapLabels(result, visible),
    },
    parameters: parameters.map(({ name, type }) => ({ name, type })),
    result,
    fails,
  };
  program.functions.set(node, state);
  return state;
}

export function checkFunctionCall(
  body: Body,
  node: tree.Call | tree.Pipe,
  symbol: GlobalSymbol,
  receiver: Receiver | null,
  args: readonly tree.Argument[],
): Type {
  if (symbol.kind === "broken") return UNKNOWN;
  const declaration = symbol.node as tree.FunctionDeclaration;
  const state = functionOf(body.program, declaration, symbol.module);
  if (!state) {
    for (const argument of args) check(body, argument.value);
    report(body, node, "VGW2007", { name: declaration.name.text }, "by this call");
    return UNKNOWN;
  }
  body.module.meanings.set(node.id, { kind: "function", function: state.checked });
  const shapes = state.parameters.map(({ name }) => ({ name, optional: false }));
  const placed = placeArguments(body, node, declaration.name.text, shapes, args, receiver ? 1 : 0);
  const flows: Labels[] = state.parameters.map(({ type }, index) => {
    const argument = index === 0 && receiver ? receiver.node : placed[index];
    if (!argument) return NONE;
    const found = index === 0 && receiver ? receiver.type : check(body, argument, type);
    const there = assign(body, argument, found, type);
    return extraLabels(type, there);
  });
  if (state.fails !== null) {
    body.failures.push({
      kind: state.fails.kind,
      node,
      reasons: state.fails.reasons,
      related: [{ node: declaration.body, text: "this can fail", module: state.checked.module as ModuleState }],
      help: null,
    });
  }
  return mapLabels(state.result, (labels) => ofArguments(labels, flows));
}

/** What a call fails with: what the body leaves open, as one. */
function failureOf(failures: readonly OpenFailure[]): FunctionState["fails"] {
  const [first] = failures;
  if (!first) return null;
  if (first.kind === "absent") return { kind: "invalid", reasons: ["a value that is absent"] };
  if (first.kind === "division") return { kind: "invalid", reasons: ["a divisor that is 0"] };
  return { kind: first.kind, reasons: first.reasons };
}
