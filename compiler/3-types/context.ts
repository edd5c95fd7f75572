/** What the checker keeps while it works: per program, per module, and per body that is being checked. */
import { spanOf } from "../1-syntax/index.ts";
import type * as tree from "../1-syntax/tree.ts";
import type { GlobalSymbol, Scope } from "../2-names/index.ts";
import type { MessageValues } from "../diagnostics/catalogue.generated.ts";
import { type Code, type Details, type Diagnostic, diagnose, type Span } from "../diagnostics/index.ts";
import type { FailureKind } from "../../runtime/failure.ts";
import type {
  CheckedBudget,
  CheckedConstant,
  CheckedFunction,
  CheckedIdentity,
  CheckedModel,
  CheckedModule,
  CheckedPolicy,
  CheckedService,
  Meaning,
} from "./checked.ts";
import type { ForwardedBody } from "./clearance.ts";
import type { Received } from "./received.ts";
import type { Labels, Type } from "./type.ts";

export interface ProgramState {
  readonly modules: readonly ModuleState[];
  readonly diagnostics: Diagnostic[];
  readonly services: Map<tree.Service, CheckedService>;
  readonly identities: Map<tree.Identity, CheckedIdentity>;
  readonly models: Map<tree.Model, CheckedModel>;
  readonly budgets: Map<CheckedModel, readonly CheckedBudget[]>;
  readonly constants: Map<tree.Constant, CheckedConstant>;
  readonly functions: Map<tree.FunctionDeclaration, FunctionState>;
  readonly policies: Map<tree.Policy, PolicyState>;
  readonly declaredTypes: Map<tree.TypeDeclaration, Type>;
  /** Labels that were refused on their way to a service: a value that several steps forward is told once per service. */
  readonly refused: Set<string>;
  /** Some `forward` may have a system prompt: text from outside is marked as such. */
  readonly judgesOutside: boolean;
  /** Declarations whose check has begun and not ended, to find what needs itself. */
  readonly open: Set<tree.Declaration>;
}

/** A `CheckedModule` while it is filled. */
export interface ModuleState extends CheckedModule {
  readonly index: number;
  readonly names: ReadonlyMap<string, GlobalSymbol>;
  /** A declaration could not be read: names that are unknown may be its. */
  readonly hasBroken: boolean;
  readonly types: Map<tree.NodeId, Type>;
  readonly meanings: Map<tree.NodeId, Meaning>;
  readonly canFail: Set<tree.NodeId>;
  readonly unwraps: Set<tree.NodeId>;
  /** Where a local's value comes from, by the id of its Name: for the path of a label in messages. */
  readonly sources: Map<tree.NodeId, tree.Expression | tree.TypeExpression>;
}

export interface FunctionState {
  readonly checked: CheckedFunction;
  /** With the private labels of parameters (see `labels.ts`). */
  readonly parameters: readonly { readonly name: string; readonly type: Type }[];
  readonly result: Type;
  /** What can go wrong in its body without an `else` there; a call fails with it. */
  readonly fails: { readonly kind: FailureKind; readonly reasons: readonly string[] } | null;
}

export interface PolicyState {
  readonly checked: CheckedPolicy;
  readonly parameters: readonly { readonly name: string; readonly type: Type }[];
  /** Its `let`s and `read`s. */
  readonly values: ReadonlyMap<string, Local>;
  /** Whom it identifies; null: nobody. */
  readonly caller: Local | null;
  readonly budgets: readonly CheckedBudget[];
  /** Labelled values that it puts on the request: they go to whatever service a route forwards to. */
  readonly carried: readonly Carried[];
  /** Labelled parts of the request that it has read and not taken away. */
  readonly received: readonly Received[];
}

export interface Local {
  readonly name: string;
  /** The id of the Name that declares it. */
  readonly declaration: tree.NodeId;
  readonly module: ModuleState;
  readonly type: Type;
  /** Of `caller`: whose it may be here; left out where it is all of several. */
  readonly identities?: readonly CheckedIdentity[] | undefined;
}

/** A labelled value set on the request, waiting for the service it is forwarded to. */
export interface Carried {
  readonly module: ModuleState;
  readonly node: tree.Expression;
  readonly labels: Labels;
}

/** Something that can fail and that no `else` has taken yet. */
export interface OpenFailure {
  readonly kind: FailureKind;
  readonly node: tree.Expression;
  /** What it fails on, as parts of one sentence: "timeout (800ms)", "a status of 400 or more". */
  readonly reasons: readonly string[];
  readonly related: readonly RelatedNode[];
  readonly help: string | null;
}

/** Where an expression or step stands; decides what is legal there. */
export type Where = "route" | "policy" | "answer" | "guard" | "function" | "lambda" | "constant" | "setting" | "test";

/** The body that is being checked. One object per body; `scope` and the flags change while it is walked. */
export interface Body {
  readonly program: ProgramState;
  readonly module: ModuleState;
  where: Where;
  /** In forward's block: the answer's status and header fields are known. */
  answering: boolean;
  scope: Scope<Local>;
  readonly failures: OpenFailure[];
  /** Above 0 in what follows `else`: `failure` has a meaning there. */
  elseDepth: number;
  /** Policies of the route, whose values can be named. */
  readonly policies: ReadonlySet<tree.Policy>;
  /** What the arguments of each of them carry beyond what its parameters declare. */
  readonly policyFlows: Map<tree.Policy, readonly Labels[]>;
  /** Labelled values set on the request so far, and those that a service got. */
  readonly carried: Carried[];
  /** Of `budget` steps so far: they hold for every model that is asked from here on. */
  readonly budgets: CheckedBudget[];
  /** A step could not be read (reported): it may have declared what is unknown after it. */
  hasBroken: boolean;
  /** The value of the `reply` that is being checked: where `text(…)`, `file(…)` and their like may stand. */
  replied: tree.Expression | null;
  /** At the top of an `open` route: nobody is identified there. */
  openRoute: boolean;
  /** Of the route; null: this is no route's. */
  pattern: tree.PathPattern | null;
  /** The node that read the body first. */
  bodyRead: tree.ReadStep | null;
  /** What the request's own body is forwarded to. */
  readonly forwarded: ForwardedBody[];
  /** Labelled parts of the request as it came that are still sent on from here. */
  received: readonly Received[];
}

export interface RelatedNode {
  readonly node: { readonly id: tree.NodeId };
  readonly text: string;
  /** Of the node, where it is not the one of the message. */
  readonly module?: ModuleState;
}

export type Extra = Omit<Details, "related"> & { readonly related?: readonly RelatedNode[] };

/** Adds a diagnostic at a node. */
export function report<C extends Code>(
  context: { readonly program: ProgramState; readonly module: ModuleState },
  node: { readonly id: tree.NodeId },
  code: C,
  values: MessageValues[C],
  text: string,
  extra: Extra = {},
): void {
  const { related = [], ...details } = extra;
  context.program.diagnostics.push(
    diagnose(
      code,
      values,
      { span: span(context.module, node), text },
      {
        ...details,
        related: related.map((label) => ({ span: span(label.module ?? context.module, label.node), text: label.text })),
      },
    ),
  );
}

export function span(module: ModuleState, node: { readonly id: tree.NodeId }): Span {
  return spanOf(module.tree, node.id);
}

/** The source text of a node. */
export function sourceOf(module: ModuleState, node: { readonly id: tree.NodeId }): string {
  const { start, end } = span(module, node);
  return module.tree.text.slice(start, end);
}

/** Whether something within the node could not be read. */
export function hasSyntaxError(module: ModuleState, node: { readonly id: tree.NodeId }): boolean {
  if (module.tree.diagnostics.length === 0) return false;
  const { start, end } = span(module, node);
  return module.tree.diagnostics.some(({ primary }) => primary.span.start >= start && primary.span.start <= end);
}
