/** What lowering knows: the whole program, the body that is being lowered, and where its steps or intermediate values go. */
import type { FaultDialect } from "../../runtime/model/dialect/fault.ts";
import type { NodeId } from "../1-syntax/tree.ts";
import type {
  CheckedConstant,
  CheckedFunction,
  CheckedIdentity,
  CheckedModel,
  CheckedModule,
  CheckedProgram,
  CheckedService,
  EnvironmentValue,
  Meaning,
} from "../3-types/checked.ts";
import { UNKNOWN } from "../3-types/construct.ts";
import type { Type } from "../3-types/type.ts";
import type { FailureKind } from "../../runtime/failure.ts";
import type { BudgetNames } from "./budget.ts";
import type { Names } from "./names.ts";
import type { EnvironmentPlan, Expr, FunctionPlan, Origin, Slot, Step } from "./plan.ts";

/** Reads a file that the program embeds, by its path as the compiler sees it; null where there is none. */
export type ReadFile = (path: string) => Uint8Array | null;

export interface Program {
  readonly checked: CheckedProgram;
  readonly modules: ReadonlyMap<CheckedModule, number>;
  /** Names of a program are unique per file only; these are unique in the plan. */
  readonly services: ReadonlyMap<CheckedService, string>;
  readonly identities: ReadonlyMap<CheckedIdentity, string>;
  /** None of them is the name of a service too: each model has connections of that name. */
  readonly models: ReadonlyMap<CheckedModel, string>;
  readonly constants: ReadonlyMap<CheckedConstant, string>;
  readonly functions: ReadonlyMap<CheckedFunction, string>;
  /** Identities of `limit` steps, by module and node (`bindingKey`). */
  readonly limits: ReadonlyMap<string, string>;
  readonly budgets: BudgetNames;
  /** Functions that some expression calls, filled while lowering. */
  readonly called: Map<CheckedFunction, FunctionPlan>;
  readonly environment: Map<string, EnvironmentPlan>;
  readonly readFile: ReadFile;
}

/** A route or function with its own space of names. */
export interface Body {
  readonly program: Program;
  readonly names: Names;
  /** Names of the limits that one request may meet. */
  readonly limits: Names;
  /** What each declared name stands for, by module and node of its declaration. */
  readonly bindings: Map<string, Expr>;
  /** Slots that hold the rest of the path. */
  readonly rests: Set<string>;
  /** Of the first step that asks for models, in whatever branch. */
  faults: FaultDialect | null;
}

/** An intermediate value of a pure expression. `kind` is the failure that its absence means; null: it cannot fail. */
export interface Pending {
  readonly slot: Slot;
  readonly value: Expr;
  readonly kind: FailureKind | null;
}

/** Where intermediate values go: into steps, or into `let`s around the expression. */
export type Out =
  | { readonly mode: "steps"; readonly steps: Step[] }
  | { readonly mode: "pure"; readonly pending: Pending[] };

export interface Context {
  readonly body: Body;
  readonly module: CheckedModule;
  readonly out: Out;
  /** What a new intermediate value is named after. */
  readonly hint: string;
  /** The policy whose steps these are, for names; "" in a route's own. */
  readonly prefix: string;
  /** In what follows `else` of a pure expression, where the kind of failure is known. */
  readonly failure: FailureKind | null;
}

type Node = { readonly id: NodeId };

export function originOf(context: Context, node: Node): Origin {
  return { file: context.body.program.modules.get(context.module.of ?? context.module) ?? 0, node: node.id };
}

export function typeOf(context: Context, node: Node): Type {
  return context.module.types.get(node.id) ?? UNKNOWN;
}

export function meaningOf(context: Context, node: Node): Meaning | undefined {
  return context.module.meanings.get(node.id);
}

export function bindingKey(program: Program, module: CheckedModule, declaration: NodeId): string {
  return `${program.modules.get(module)}:${declaration}`;
}

/** The key of `caller`: one at a time, that of the latest `identify`. */
export const bindingOfCaller = "caller";
/** Which identity recognised the caller, where it is one of several. */
export const bindingOfIdentity = "caller's identity";

export function bind(context: Context, declaration: NodeId, expr: Expr): void {
  context.body.bindings.set(bindingKey(context.body.program, context.module, declaration), expr);
}

/** A slot named after `wanted`, and the expression that reads it. */
export function newSlot(context: Context, wanted: string, type: Type): Slot {
  return { name: context.body.names.take(wanted), type };
}
export function readSlot(slot: Slot): Expr {
  return { expr: "slot", type: slot.type, name: slot.name };
}

export function toSteps(context: Context, steps: Step[]): Context {
  return { ...context, out: { mode: "steps", steps } };
}
export function toPure(
  context: Context,
): Context & { readonly out: { readonly mode: "pure"; readonly pending: Pending[] } } {
  return { ...context, out: { mode: "pure", pending: [] } };
}

/** Notes that the program reads a variable. The strictest demand counts: secret where any is, a default where all have one. */
export function needVariable(environment: Map<string, EnvironmentPlan>, value: EnvironmentValue): void {
  const { variable, type, secret } = value;
  const known = environment.get(variable);
  const hasDefault = known === undefined || known.default !== null;
  environment.set(variable, {
    variable,
    type,
    secret: secret || (known?.secret ?? false),
    default: hasDefault ? value.default : null,
  });
}
