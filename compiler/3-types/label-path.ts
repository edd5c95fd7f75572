/**
 * How a label came to an expression: from the sink back to where it was declared. Types hold no origins (they would make
 * every type of its own kind), so the way is looked for only when a message needs it.
 */
import type * as tree from "../1-syntax/tree.ts";
import type { ModuleState, ProgramState } from "./context.ts";
import { present } from "./construct.ts";
import { deepLabels } from "./labels.ts";

export interface Waypoint {
  readonly node: { readonly id: tree.NodeId };
  readonly text: string;
  readonly module: ModuleState;
}

const MAX_WAYPOINTS = 6;

/** In the order of the data: the declaration first. */
export function pathOfLabel(
  program: ProgramState,
  module: ModuleState,
  node: tree.Expression,
  label: string,
): readonly Waypoint[] {
  const points: Waypoint[] = [];
  new Search(program, label, points).expression(module, node);
  return points.slice(0, MAX_WAYPOINTS).reverse();
}

/** The same, of a label that a type as written says. */
export function pathOfWrittenLabel(
  program: ProgramState,
  module: ModuleState,
  node: tree.TypeExpression,
  label: string,
): readonly Waypoint[] {
  const points: Waypoint[] = [];
  new Search(program, label, points).type(module, node);
  return points.slice(0, MAX_WAYPOINTS).reverse();
}

class Search {
  private readonly program: ProgramState;
  private readonly label: string;
  private readonly points: Waypoint[];
  private readonly seen = new Set<tree.Expression | tree.TypeExpression>();

  constructor(program: ProgramState, label: string, points: Waypoint[]) {
    this.program = program;
    this.label = label;
    this.points = points;
  }

  private carries(module: ModuleState, node: tree.Expression): boolean {
    const type = module.types.get(node.id);
    return type !== undefined && deepLabels(type).includes(this.label);
  }

  /** The first of these expressions that has the label. */
  private first(module: ModuleState, nodes: readonly (tree.Expression | null)[]): void {
    const found = nodes.find((node) => node !== null && this.carries(module, node));
    if (found) this.expression(module, found);
  }

  expression(module: ModuleState, node: tree.Expression): void {
    if (this.seen.has(node)) return;
    this.seen.add(node);
    const meaning = module.meanings.get(node.id);
    if (meaning?.kind === "place") this.points.push({ node, text: saidBy(meaning.place.side), module });
    else if (meaning?.kind === "service-call") this.points.push({ node, text: "what the service answers", module });
    else if (node.kind === "reference") this.reference(module, node);
    else if (node.kind === "member") this.member(module, node);
    else if (node.kind === "call") this.call(module, node);
    else if (node.kind !== "as" || !this.type(module, node.type)) this.first(module, partsOf(node));
  }

  private reference(module: ModuleState, node: tree.Reference): void {
    const meaning = module.meanings.get(node.id);
    if (meaning?.kind === "local") this.local(module, meaning.declaration, node.name.text);
    if (meaning?.kind === "constant")
      this.expression(meaning.constant.module as ModuleState, meaning.constant.node.value);
  }

  private local(module: ModuleState, declaration: tree.NodeId, name: string): void {
    const source = module.sources.get(declaration);
    if (source && this.seen.has(source)) return;
    this.points.push({ node: { id: declaration }, text: `${name} has it from here`, module });
    if (!source) return;
    if (isTypeExpression(source)) this.type(module, source);
    else this.expression(module, source);
  }

  private member(module: ModuleState, node: tree.Member): void {
    const meaning = module.meanings.get(node.id);
    if (meaning?.kind === "policy-value") {
      this.local(meaning.policy.module as ModuleState, meaning.declaration, node.name.text);
      return;
    }
    const object = module.types.get(node.object.id);
    const record = object && present(object);
    if (record?.kind === "record" && record.name !== null && this.field(record.name, node.name.text)) return;
    this.first(module, [node.object]);
  }

  private call(module: ModuleState, node: tree.Call): void {
    const meaning = module.meanings.get(node.id);
    if (meaning?.kind === "environment") {
      this.points.push({ node, text: "a secret from the start", module });
      return;
    }
    const receiver = node.callee.kind === "member" ? [node.callee.object] : [];
    this.first(module, [...receiver, ...node.arguments.map((argument) => argument.value)]);
  }

  /** Where a field of a declared record gets its label; false: not there. */
  private field(record: string, name: string): boolean {
    for (const [declaration] of this.program.declaredTypes) {
      if (declaration.name.text !== record || declaration.type.kind !== "record-type") continue;
      const module = this.program.modules.find(({ tree: { program } }) => program.declarations.includes(declaration));
      const field = declaration.type.fields.find((candidate) => candidate.name.text === name);
      if (module && field && this.type(module, field.type)) return true;
    }
    return false;
  }

  /** Where a written type says the label; false: nowhere in it. */
  type(module: ModuleState, node: tree.TypeExpression): boolean {
    if (this.seen.has(node)) return false;
    this.seen.add(node);
    switch (node.kind) {
      case "labelled-type": {
        const label = node.labels.find(({ text }) => text === this.label);
        if (!label) return this.type(module, node.of);
        this.points.push({ node: label, text: "declared here", module });
        return true;
      }
      case "named-type": {
        const meaning = module.meanings.get(node.id);
        if (meaning?.kind === "type") return this.type(this.program.modules[meaning.module]!, meaning.declaration.type);
        return node.arguments.some(({ value }) => isTypeExpression(value) && this.type(module, value));
      }
      case "record-type":
        return node.fields.some((field) => this.type(module, field.type));
      case "list-type":
        return this.type(module, node.item);
      case "optional-type":
        return this.type(module, node.of);
      case "union-type":
        return node.members.some((member) => this.type(module, member));
      default:
        return false;
    }
  }
}

const saidBy = (side: "request" | "response"): string =>
  side === "request" ? "what the request says" : "what the service answers";

/** The expressions whose labels an expression has. */
function partsOf(node: tree.Expression): readonly tree.Expression[] {
  switch (node.kind) {
    case "template":
      return node.holes;
    case "list":
      return node.items;
    case "record":
      return node.entries.map((entry) => entry.value);
    case "binary":
      return [node.left, node.right];
    case "unary":
      return [node.operand];
    case "index":
      return [node.object];
    case "pipe":
    case "as":
      return [node.value];
    case "else":
      return node.otherwise.kind === "otherwise-value" ? [node.value, node.otherwise.value] : [node.value];
    case "match":
      return node.arms.map((arm) => arm.value);
    default:
      return [];
  }
}

const typeKinds: ReadonlySet<string> = new Set<tree.TypeExpression["kind"]>([
  "named-type",
  "record-type",
  "list-type",
  "optional-type",
  "union-type",
  "literal-type",
  "labelled-type",
]);

function isTypeExpression(node: tree.Expression | tree.TypeExpression): node is tree.TypeExpression {
  return typeKinds.has(node.kind);
}
