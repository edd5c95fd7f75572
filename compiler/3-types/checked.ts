/**
 * What the checked program is: the answer of phase 3, read by 4-analysis and 5-plan. Per module, flat tables from
 * node id to what the node means. A program with errors has one too (nodes without meaning are absent); only a
 * program without errors is planned.
 */
import type { NodeId, Tree } from "../1-syntax/tree.ts";
import type * as tree from "../1-syntax/tree.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { ClientDialectName, ProviderDialectName } from "../../runtime/model/dialect/dialect.ts";
import type { ListingForm } from "../vocabulary/listing.ts";
import type { OperationClient } from "../vocabulary/operations.ts";
import type { Period } from "../../runtime/model/money/period.ts";
import type { ClaimConfiguration } from "../../runtime/identity/configuration.ts";
import type { RecordType, Type } from "./type.ts";

export interface CheckedProgram {
  /** The main file first, then imported ones in the order in which they are first imported. */
  readonly modules: readonly CheckedModule[];
  readonly gateway: CheckedGateway | null;
  readonly services: readonly CheckedService[];
  readonly identities: readonly CheckedIdentity[];
  /** Choices stand behind the models. */
  readonly models: readonly CheckedModel[];
  /** Of models and choices that have some. */
  readonly budgets: ReadonlyMap<CheckedModel, readonly CheckedBudget[]>;
  readonly constants: readonly CheckedConstant[];
  readonly functions: readonly CheckedFunction[];
  readonly policies: readonly CheckedPolicy[];
  /** In source order, those of mounted files after the importing file's own. */
  readonly routes: readonly CheckedRoute[];
  readonly tests: readonly CheckedTest[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface CheckedModule {
  readonly tree: Tree;
  /** The module that this is another view of: its expressions as they mean in another body. Left out: it is one itself. */
  readonly of?: CheckedModule | undefined;
  /** The type of every expression and type expression. */
  readonly types: ReadonlyMap<NodeId, Type>;
  /** What a Reference, Member, Call, Pipe, As or place means. */
  readonly meanings: ReadonlyMap<NodeId, Meaning>;
  /** Whether evaluating this expression can fail at run time (only asked at `Else`, `let` and expression steps). */
  readonly canFail: ReadonlySet<NodeId>;
  /** Expressions of an optional type that stand where a value is needed: their absence is a failure (kind "absent") there. */
  readonly unwraps: ReadonlySet<NodeId>;
}

interface Checked<N> {
  readonly module: CheckedModule;
  readonly node: N;
  readonly name: string;
}

/** Settings after checking: the value in the runtime's representation, defaults filled in, environment not yet read. */
export type StaticValue =
  | string
  | number
  | boolean
  | null
  | EnvironmentValue
  | FileValue
  | readonly StaticValue[]
  | { readonly [key: string]: StaticValue };

/** `env("X", type)` or `secret("X")` in a setting. */
export interface EnvironmentValue {
  readonly kind: "env";
  readonly variable: string;
  readonly type: "string" | "int" | "float" | "bool" | "duration" | "size" | "url";
  readonly secret: boolean;
  readonly default: string | number | boolean | null;
}
/** `file("…")` in a setting, relative to the source file. */
export interface FileValue {
  readonly kind: "file";
  readonly path: string;
}

export interface CheckedGateway extends Checked<tree.Gateway> {
  /** Keys as in the vocabulary, nested records likewise; each has its default where the author wrote none. */
  readonly settings: { readonly [key: string]: StaticValue };
}
export interface CheckedService extends Checked<tree.Service> {
  readonly settings: { readonly [key: string]: StaticValue };
  readonly clearance: readonly string[];
  /** What `balance: hash(…)` takes; null: it balances otherwise. */
  readonly key: tree.Expression | null;
}
export interface CheckedIdentity extends Checked<tree.Identity> {
  readonly scheme: "jwt" | "api_key";
  readonly settings: { readonly [key: string]: StaticValue };
  readonly claims: readonly ClaimConfiguration[];
  /** What `caller` is. */
  readonly caller: RecordType;
}
export interface CheckedModel extends Checked<tree.Model> {
  readonly settings: { readonly [key: string]: StaticValue };
  /** Of one model; null: it is a choice, or its provider is not known (reported). */
  readonly provider: ModelProvider | null;
  /** Labels that it may see; of a choice: none, since its models are judged. */
  readonly clearance: readonly string[];
  /** Of a choice: what it chooses from; null: it is one model. */
  readonly choice: CheckedChoice | null;
}
/** Only models that the choice may ask at all (`model-fit.ts`). */
export interface CheckedChoice {
  readonly models: readonly CheckedModel[];
  readonly fallback: readonly CheckedModel[];
  readonly aliases: readonly CheckedAlias[];
  /** Who gets copies of its requests; null: nobody, or not one model (reported). */
  readonly shadow: CheckedModel | null;
}
/** `"gpt-4o": mini`. */
export interface CheckedAlias {
  /** Whole, or a beginning with "*" behind it. */
  readonly name: string;
  readonly model: CheckedModel;
}
/** `$25/day by caller.team then local`. */
export interface CheckedBudget {
  readonly module: CheckedModule;
  /** The whole budget as it is written. */
  readonly node: tree.Expression;
  readonly unit: "money" | "tokens";
  /** ISO 4217; "" for tokens. */
  readonly currency: string;
  /** Micro-units of the currency, or tokens. */
  readonly limit: number;
  readonly period: Period;
  /** null: one count for all requests. */
  readonly by: tree.Expression | null;
  /** `by` as it is written, on one line. */
  readonly byText: string;
  /** Who is asked where it is used up; null: nobody. */
  readonly instead: CheckedModel | null;
  /** In percent of the limit. */
  readonly alerts: readonly number[];
}
/** What a model's settings say about where it is. */
export interface ModelProvider {
  readonly word: string;
  readonly dialect: ProviderDialectName;
  readonly variant: string;
  /** As the provider calls the model. */
  readonly model: string;
  /** Where the provider stands; without a slash at its end where it is known. */
  readonly base: string | EnvironmentValue;
  readonly settings: { readonly [name: string]: string };
}
export interface CheckedConstant extends Checked<tree.Constant> {
  readonly type: Type;
}
export interface CheckedFunction extends Checked<tree.FunctionDeclaration> {
  readonly parameters: readonly Type[];
  readonly result: Type;
}
export interface CheckedPolicy extends Checked<tree.Policy> {
  readonly parameters: readonly Type[];
}
export interface CheckedRoute extends Checked<tree.Route> {
  readonly settings: { readonly [key: string]: StaticValue };
  /** Labels of the bodies that it forwards. "said": by `carries`; "read": by the type that it reads; "cleared": nothing is said, and a model is cleared for it. */
  readonly carries: readonly { readonly label: string; readonly why: "said" | "read" | "cleared" }[];
}
export type CheckedTest = Checked<tree.Test>;

/**
 * What a name, member or call stands for. Besides expressions, these nodes have one: the `service` Name of `forward`
 * ("service"), a PolicyUse ("policy"), a NamedType ("type"), the place of `set` and `remove` ("place").
 */
export type Meaning =
  /** A `let`, `read`, path, policy, function or lambda parameter; `declaration` is the node id of its Name, in the same module. */
  | { readonly kind: "local"; readonly declaration: NodeId }
  | { readonly kind: "constant"; readonly constant: CheckedConstant }
  | { readonly kind: "function"; readonly function: CheckedFunction }
  | { readonly kind: "service"; readonly service: CheckedService }
  /** Of the Name in `forward`, and of a model that a test looks at or fakes. */
  | { readonly kind: "model"; readonly model: CheckedModel }
  /** Of a `forward` to a model: what its clients speak. */
  | {
      readonly kind: "forward-model";
      readonly client: ClientDialectName;
      readonly keys: readonly BudgetKey[];
      readonly settings: ForwardModelSettings;
    }
  /** Of a `forward` to a model of what is no conversation. */
  | {
      readonly kind: "forward-operation";
      readonly client: OperationClient;
      readonly keys: readonly BudgetKey[];
      readonly settings: ForwardModelSettings;
    }
  /** Of `spent(…)` that a test gives: whose budgets; a text: of the `budget` steps of this name. */
  | { readonly kind: "budgets"; readonly of: CheckedModel | CheckedPolicy | string }
  /** Of a `budget` step. `name`: what counts together with others of it; null: what stands in its policy or route. */
  | { readonly kind: "budget"; readonly budget: CheckedBudget; readonly name: string | null }
  | { readonly kind: "policy"; readonly policy: CheckedPolicy }
  /** Of the Name in `identify`, in a test's `send … as` and in the patterns of `match caller`. */
  | { readonly kind: "identity"; readonly identity: CheckedIdentity }
  /** `caller`: what the `identify` before it found. */
  | { readonly kind: "caller" }
  /** `employees.tenant`: a `let` or `read` of a policy that the route uses. `declaration` is in the policy's module. */
  | { readonly kind: "policy-value"; readonly policy: CheckedPolicy; readonly declaration: NodeId }
  /** A call of a built-in: `name` is its key in the vocabulary. The receiver, where there is one, is the first argument. */
  | { readonly kind: "builtin"; readonly name: string }
  /** `orders.get(path, …)`. */
  | { readonly kind: "service-call"; readonly service: CheckedService; readonly method: string }
  | { readonly kind: "field"; readonly name: string }
  /** Member access on `json`: absent where it is not an object that has it. */
  | { readonly kind: "json-member"; readonly name: string }
  | { readonly kind: "place"; readonly place: Place }
  /** Of a `forward`: its settings that are known. Milliseconds and bytes; null: not said. */
  | {
      readonly kind: "forward";
      readonly timeout: number | null;
      readonly silence: number | null;
      readonly webSocket: { readonly idle: number; readonly message: number } | null;
    }
  /** Of `reply models(…)`, in the order of the program: `parameter` of the path names the one that is asked for; null: all of them are. */
  | {
      readonly kind: "list-models";
      readonly models: readonly {
        readonly model: CheckedModel;
        /** null: whoever asks is told of it. */
        readonly condition: tree.Expression | null;
      }[];
      readonly form: ListingForm;
      readonly parameter: tree.Name | null;
    }
  | { readonly kind: "environment"; readonly value: EnvironmentValue }
  | { readonly kind: "failure"; readonly field: "kind" | "status" }
  /** A NamedType that means a declared type: where it was declared. */
  | { readonly kind: "type"; readonly module: number; readonly declaration: tree.TypeDeclaration }
  /** `as T`: decode an answer's or text's JSON into T; or a cast that is known to hold, which costs nothing. */
  | { readonly kind: "decode"; readonly type: Type; readonly absentOn404: boolean }
  | { readonly kind: "cast"; readonly type: Type }
  /** In tests: `status`, `body`, `header("x")`, `reason`, `calls(s)`, `sent(s)`, `logs`. */
  | { readonly kind: "observation"; readonly name: string };

/** Of a `forward` to a model. */
export interface ForwardModelSettings {
  /** Instructions of the program; null: none. */
  readonly system: tree.Expression | null;
  readonly clientSystem: "keep" | "drop" | "refuse";
  /** Requests for which it gives the same go to the same model of the choice; null: each for itself. */
  readonly sticky: tree.Expression | null;
  /** Words of `vocabulary/needs.ts`. */
  readonly needs: readonly string[];
}

/** What a budget counts by, in the route that forwards: its `by` means there what `module` says. */
export interface BudgetKey {
  readonly budget: CheckedBudget;
  readonly module: CheckedModule;
}

/** Something that can be read, set or removed: the same words everywhere. */
export type Place =
  | {
      readonly side: "request";
      readonly what: "method" | "path" | "target" | "address" | "host" | "hostname" | "scheme" | "body" | "id";
    }
  | { readonly side: "request"; readonly what: "header" | "query" | "cookie" }
  | { readonly side: "response"; readonly what: "status" }
  | { readonly side: "response"; readonly what: "header" | "cookie" };
