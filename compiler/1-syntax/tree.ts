/**
 * The syntax tree: what an author wrote, before any name has a meaning.
 *
 * Every node carries an `id` and no offset. The `Tree` keeps two flat arrays, indexed by id, with the node's first
 * and last token; everything later (types, plans, diagnostics) holds ids and asks the tree for a span only when it has
 * something to show (invariant 3). Ids are given in the order in which nodes end (children first), from 0, per file.
 *
 * Recovery: where source is broken the parser puts a node of kind "broken" in expression, type, step or declaration
 * position. It has been reported already; every later phase treats it as "any meaning, no further message".
 *
 * One long file on purpose: it is the contract between the parser and everything behind it, to be read as a whole.
 */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Token } from "./token.ts";

/** Index of a node within its file. */
export type NodeId = number;

export interface Tree {
  /** The path as the user would write it, used in messages. */
  readonly file: string;
  readonly text: string;
  /** All tokens that carry meaning, newlines included where they separate entries; comments are in `comments`. */
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
  readonly firstToken: readonly number[];
  readonly lastToken: readonly number[];
  readonly program: Program;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Comment {
  readonly start: number;
  readonly end: number;
  /** `///` documents the declaration after it. */
  readonly documentation: boolean;
  /** Nothing but white space stands before it on its line. */
  readonly ownLine: boolean;
}

interface Node {
  readonly id: NodeId;
}

/** A name where it is declared or used; a node of its own, so that references have exact spans. */
export interface Name extends Node {
  readonly kind: "name";
  readonly text: string;
}

export interface Broken extends Node {
  readonly kind: "broken";
}

export interface Program extends Node {
  readonly kind: "program";
  /** The number after `vgw`, or null where the header is missing (reported). */
  readonly version: number | null;
  readonly declarations: readonly Declaration[];
}

// ---------------------------------------------------------------- declarations

export type Declaration =
  | Import
  | Gateway
  | Service
  | Identity
  | Model
  | TypeDeclaration
  | Route
  | Policy
  | FunctionDeclaration
  | Constant
  | Test
  | Reserved
  | Broken;

interface Declared extends Node {
  /** The text of the `///` comment, without the slashes. */
  readonly documentation: string | null;
  /** Whether `private` stands before it. */
  readonly isPrivate: boolean;
}

export interface Import extends Node {
  readonly kind: "import";
  /** null for a bare import, which mounts the other file's routes. */
  readonly names: readonly ImportedName[] | null;
  readonly from: StringLiteral;
}
export interface ImportedName extends Node {
  readonly kind: "imported-name";
  readonly name: Name;
  readonly alias: Name | null;
}

export interface Gateway extends Declared {
  readonly kind: "gateway";
  readonly name: Name;
  readonly settings: readonly Setting[];
}
export interface Service extends Declared {
  readonly kind: "service";
  readonly name: Name;
  readonly settings: readonly Setting[];
}

/** `identity staff = jwt { issuer: "…", claims: { id: string from "sub" } }`: how callers are recognised, and what is known of them. */
export interface Identity extends Declared {
  readonly kind: "identity";
  readonly name: Name;
  /** `jwt` or `api_key`; another word is judged in 3-types. */
  readonly scheme: Name;
  readonly settings: readonly (Setting | Claims)[];
}
/** `claims: { … }` in an identity: types where other settings have values. */
export interface Claims extends Node {
  readonly kind: "claims";
  readonly key: Name;
  readonly claims: readonly Claim[];
}
/** `id: string from "sub"`. */
export interface Claim extends Node {
  readonly kind: "claim";
  readonly name: Name;
  readonly type: TypeExpression;
  readonly from: StringLiteral | null;
}

/** `model mini { provider: openai("gpt-4.1-mini") }`, or `model assistant = choose(mini, sonnet) { … }`. */
export interface Model extends Declared {
  readonly kind: "model";
  readonly name: Name;
  /** null: one model, that the settings describe. */
  readonly choice: Choice | null;
  readonly settings: readonly Setting[];
}
/** `choose(mini, sonnet)`. */
export interface Choice extends Node {
  readonly kind: "choice";
  readonly models: readonly Name[];
}

/** `key: value`. The value of a setting is an expression; block-like values are record literals. */
export interface Setting extends Node {
  readonly kind: "setting";
  readonly key: Name;
  readonly value: Expression;
  /** `cheapest when context < 8ktok`: what the value depends on; null: nothing. */
  readonly condition: Expression | null;
  /** `… else fastest`: what holds where the condition does not, in order. */
  readonly otherwise: readonly GuardedValue[];
}
export interface GuardedValue extends Node {
  readonly kind: "guarded-value";
  readonly value: Expression;
  /** null: whatever happens. */
  readonly condition: Expression | null;
}

export interface TypeDeclaration extends Declared {
  readonly kind: "type";
  readonly name: Name;
  /** `type T { … }` has a RecordType here; `type T = …` any type. */
  readonly type: TypeExpression;
}

export interface FunctionDeclaration extends Declared {
  readonly kind: "function";
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly result: TypeExpression | null;
  readonly body: Expression;
}
export interface Parameter extends Node {
  readonly kind: "parameter";
  readonly name: Name;
  /** null only in lambdas. */
  readonly type: TypeExpression | null;
}

/** A top-level `let`. */
export interface Constant extends Declared {
  readonly kind: "constant";
  readonly name: Name;
  readonly type: TypeExpression | null;
  readonly value: Expression;
}

export interface Policy extends Declared {
  readonly kind: "policy";
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly steps: readonly Step[];
}

export interface Route extends Declared {
  readonly kind: "route";
  /** Upper-case as written; `any` is the single name "any". */
  readonly methods: readonly Name[];
  readonly pattern: PathPattern | Broken;
  readonly host: Expression | null;
  readonly open: boolean;
  readonly policies: readonly PolicyUse[];
  readonly guard: Expression | null;
  readonly settings: readonly Setting[];
  readonly steps: readonly Step[];
}
export interface PolicyUse extends Node {
  readonly kind: "policy-use";
  readonly name: Name;
  readonly arguments: readonly Argument[];
}

export interface PathPattern extends Node {
  readonly kind: "path-pattern";
  /** In order; a literal's text is as written between the holes, `/` included. */
  readonly parts: readonly PathPart[];
}
export type PathPart = PathLiteral | PathParameter;
export interface PathLiteral extends Node {
  readonly kind: "path-literal";
  readonly text: string;
}
export interface PathParameter extends Node {
  readonly kind: "path-parameter";
  readonly name: Name;
  /** null: a string. */
  readonly type: TypeExpression | null;
  /** `{name...}` takes the rest of the path. */
  readonly rest: boolean;
}

export interface Test extends Node {
  readonly kind: "test";
  readonly title: StringLiteral | Template;
  readonly steps: readonly TestStep[];
}

/** A declaration whose word is reserved for later (`prompt`, `trust`, …); its block is skipped, one message given. */
export interface Reserved extends Node {
  readonly kind: "reserved";
  readonly word: Name;
  readonly name: Name | null;
}

// ---------------------------------------------------------------- steps

export type Step =
  | LetStep
  | ReadStep
  | RequireStep
  | IdentifyStep
  | LimitStep
  | BudgetStep
  | ConcurrencyStep
  | ForwardStep
  | ReplyStep
  | ListModelsStep
  | DenyStep
  | SetStep
  | RemoveStep
  | RewriteStep
  | LogStep
  | IfStep
  | ExpressionStep
  | ReservedStep
  | Broken;

interface GuardableStep extends Node {
  /** `… when condition` after the step. */
  readonly guard: Expression | null;
}

export interface LetStep extends Node {
  readonly kind: "let";
  readonly name: Name;
  readonly type: TypeExpression | null;
  /** An `Else` expression where the author wrote `else`. */
  readonly value: Expression;
}

/** `read order: Order`, `read query page: int(1..9) = 1`, `read header tenant: string from "x-tenant" else …`. */
export interface ReadStep extends Node {
  readonly kind: "read";
  readonly source: "body" | "query" | "header" | "cookie";
  readonly name: Name;
  readonly type: TypeExpression;
  readonly codec: "json" | "form" | "text" | "bytes";
  readonly from: StringLiteral | null;
  readonly default: Expression | null;
  readonly otherwise: Otherwise | null;
}

export interface RequireStep extends GuardableStep {
  readonly kind: "require";
  readonly condition: Expression;
  readonly otherwise: Otherwise | null;
}

/** `limit 60/min by caller.id { burst: 10 } else …`. */
export interface LimitStep extends GuardableStep {
  readonly kind: "limit";
  readonly rate: Expression;
  /** null: one count for all requests. */
  readonly by: Expression | null;
  readonly settings: readonly Setting[];
  readonly otherwise: Otherwise | null;
}

/** `limit 100 concurrent by caller.id { queue: 50, wait: 2s } else …`. */
export interface ConcurrencyStep extends GuardableStep {
  readonly kind: "concurrency";
  readonly most: Expression;
  /** null: all requests together. */
  readonly by: Expression | null;
  readonly settings: readonly Setting[];
  readonly otherwise: Otherwise | null;
}

/** `budget $5/day by caller.id then local { alerts: [80%] }`: what models may cost from here on. */
export interface BudgetStep extends GuardableStep {
  readonly kind: "budget";
  readonly budget: Budget;
  readonly settings: readonly Setting[];
}

/** `identify staff else …`, `identify staff or partner`, `identify all(staff, partner)`: what follows knows `caller`. */
export interface IdentifyStep extends Node {
  readonly kind: "identify";
  /** "one" where a single name stands without `all`. */
  readonly how: "one" | "any" | "all";
  readonly identities: readonly Name[];
  readonly otherwise: Otherwise | null;
}

/** `forward orders { body: x; set response.header("a") = "b" } else …`, `forward assistant as openai.chat`. */
export interface ForwardStep extends GuardableStep {
  readonly kind: "forward";
  /** Of a service or a model. */
  readonly service: Name;
  /** What a model's clients speak; null: nothing was said. */
  readonly dialect: DialectName | null;
  readonly settings: readonly Setting[];
  /** They run when the upstream's head has arrived. */
  readonly steps: readonly Step[];
  readonly otherwise: Otherwise | null;
}

/** `openai.chat`. */
export interface DialectName extends Node {
  readonly kind: "dialect-name";
  /** With its dots. */
  readonly text: string;
}

/** `reply`, `reply 204`, `reply value`, `reply 202 value`. `text(…)`, `html(…)`, `file(…)`, `redirect(…)` are calls in `value`. */
export interface ReplyStep extends GuardableStep {
  readonly kind: "reply";
  readonly status: Expression | null;
  readonly value: Expression | null;
}
/** `reply models(assistant, mini) as openai.models`. */
export interface ListModelsStep extends GuardableStep {
  readonly kind: "list-models";
  readonly models: readonly ListedModel[];
  readonly dialect: DialectName;
}
/** Of `reply models(…)`: `large when caller.plan == "paid"`. */
export interface ListedModel extends Node {
  readonly kind: "listed-model";
  readonly model: Name;
  /** null: whoever asks is told of it. */
  readonly condition: Expression | null;
}
/** A problem document (RFC 9457): `deny 403 "Not now."`. */
export interface DenyStep extends GuardableStep {
  readonly kind: "deny";
  readonly status: Expression | null;
  readonly detail: Expression | null;
}

/** `set request.header("x") = value { … }`; the place is a member/call expression, judged in 3-types. */
export interface SetStep extends GuardableStep {
  readonly kind: "set";
  readonly place: Expression;
  readonly value: Expression;
  /** `{ secure: true, age: 8h }` of a cookie. */
  readonly settings: readonly Setting[];
}
export interface RemoveStep extends GuardableStep {
  readonly kind: "remove";
  readonly place: Expression;
}
export interface RewriteStep extends GuardableStep {
  readonly kind: "rewrite";
  readonly path: Expression;
}
export interface LogStep extends GuardableStep {
  readonly kind: "log";
  readonly level: "debug" | "info" | "warn" | "error";
  readonly value: Expression;
}
export interface IfStep extends Node {
  readonly kind: "if";
  readonly condition: Expression;
  readonly steps: readonly Step[];
  /** Steps of the `else` block; `else if` is one IfStep in it; null without `else`. */
  readonly otherwise: readonly Step[] | null;
}
/** A call for its effect: `audit.post("/events", body: e) else ignore`. */
export interface ExpressionStep extends GuardableStep {
  readonly kind: "expression-step";
  readonly value: Expression;
}
/** `identify`, `check`, `cache`, `publish` …: words of later versions. */
export interface ReservedStep extends Node {
  readonly kind: "reserved-step";
  readonly word: Name;
}

/** What follows a postfix `else`: a value, one ending step, or the word `ignore`. */
export type Otherwise = OtherwiseValue | OtherwiseStep | OtherwiseIgnore;
export interface OtherwiseValue extends Node {
  readonly kind: "otherwise-value";
  readonly value: Expression;
}
export interface OtherwiseStep extends Node {
  readonly kind: "otherwise-step";
  readonly step: ReplyStep | ListModelsStep | DenyStep | ForwardStep | Broken;
}
export interface OtherwiseIgnore extends Node {
  readonly kind: "otherwise-ignore";
}

// ---------------------------------------------------------------- steps of tests

export type TestStep = GivenStep | SendStep | ExpectStep | AdvanceStep | Broken;

export interface GivenStep extends Node {
  readonly kind: "given";
  readonly facts: readonly GivenFact[];
}
/**
 * `orders.get("/orders*") = value` (a fake answer; the left side is a Call on a service's member), or
 * `now = …`, `share = 3%`, `request.address = …`, `env("X") = …` (a fact).
 */
export interface GivenFact extends Node {
  readonly kind: "given-fact";
  readonly target: Expression;
  readonly value: Expression;
}
export interface SendStep extends Node {
  readonly kind: "send";
  readonly method: Name;
  readonly path: Expression;
  /** Several are one request's: `as staff(id: "u1") and device(id: "d1")`. */
  readonly callers: readonly SentCaller[];
  /** `body`, `headers`, `address`, `host`. */
  readonly settings: readonly Setting[];
}
/** `as staff(id: "u1")`: the request comes from a caller whom the identity knows by these claims, without a token. */
export interface SentCaller extends Node {
  readonly kind: "sent-caller";
  readonly identity: Name;
  readonly arguments: readonly Argument[];
}
export interface ExpectStep extends Node {
  readonly kind: "expect";
  readonly conditions: readonly Expression[];
}
export interface AdvanceStep extends Node {
  readonly kind: "advance";
  readonly by: Expression;
}

// ---------------------------------------------------------------- expressions

export type Expression =
  | StringLiteral
  | Template
  | NumberLiteral
  | TimeLiteral
  | AddressLiteral
  | BooleanLiteral
  | NoneLiteral
  | ListLiteral
  | RecordLiteral
  | Reference
  | Member
  | Index
  | Call
  | Lambda
  | Unary
  | Binary
  | Range
  | As
  | Budget
  | Pipe
  | Else
  | Match
  | Broken;

export interface StringLiteral extends Node {
  readonly kind: "string";
  /** Escapes resolved. */
  readonly value: string;
}
/** A string with holes: `texts` has one more entry than `holes`. */
export interface Template extends Node {
  readonly kind: "template";
  readonly texts: readonly string[];
  readonly holes: readonly Expression[];
}
/** A number with an optional currency sign, unit and per-unit: `3`, `2.5`, `800ms`, `$25/day`, `60/min`, `5%`. */
export interface NumberLiteral extends Node {
  readonly kind: "number";
  /** The digits as written, underscores removed: money must not pass through a float. */
  readonly digits: string;
  readonly currency: string | null;
  readonly unit: string | null;
  readonly per: string | null;
}
/** `2026-03-01T03:00:00Z` or `2026-03-01`. */
export interface TimeLiteral extends Node {
  readonly kind: "time";
  readonly text: string;
}
/** `10.0.0.1`, `10.0.0.0/8`, `fe80::1`, `2001:db8::/32`. */
export interface AddressLiteral extends Node {
  readonly kind: "address";
  readonly text: string;
}
export interface BooleanLiteral extends Node {
  readonly kind: "boolean";
  readonly value: boolean;
}
export interface NoneLiteral extends Node {
  readonly kind: "none";
}
export interface ListLiteral extends Node {
  readonly kind: "list";
  readonly items: readonly Expression[];
}
export interface RecordLiteral extends Node {
  readonly kind: "record";
  readonly entries: readonly (RecordEntry | Spread)[];
}
export interface RecordEntry extends Node {
  readonly kind: "record-entry";
  readonly key: Name;
  /** `{ id }` is short for `{ id: id }`; the value is then a Reference. */
  readonly value: Expression;
}
export interface Spread extends Node {
  readonly kind: "spread";
  readonly value: Expression;
}
export interface Reference extends Node {
  readonly kind: "reference";
  readonly name: Name;
}
export interface Member extends Node {
  readonly kind: "member";
  readonly object: Expression;
  readonly name: Name;
}
export interface Index extends Node {
  readonly kind: "index";
  readonly object: Expression;
  readonly index: Expression;
}
export interface Call extends Node {
  readonly kind: "call";
  readonly callee: Expression;
  readonly arguments: readonly Argument[];
}
export interface Argument extends Node {
  readonly kind: "argument";
  readonly name: Name | null;
  readonly value: Expression;
}
export interface Lambda extends Node {
  readonly kind: "lambda";
  readonly parameters: readonly Parameter[];
  readonly body: Expression;
}
export interface Unary extends Node {
  readonly kind: "unary";
  readonly operator: "-" | "not";
  readonly operand: Expression;
}
export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "in"
  | "not in"
  | "and"
  | "or";
export interface Binary extends Node {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}
/** `1..10`, inclusive; either end may be missing (`..5`, `1..`). */
export interface Range extends Node {
  readonly kind: "range";
  readonly from: Expression | null;
  readonly to: Expression | null;
}
export interface As extends Node {
  readonly kind: "as";
  readonly value: Expression;
  readonly type: TypeExpression;
}
/** `value |> function` or `value |> function(other)`: the value becomes the first argument. */
export interface Pipe extends Node {
  readonly kind: "pipe";
  readonly value: Expression;
  readonly target: Expression;
}
/** Postfix `else` in value position. */
export interface Else extends Node {
  readonly kind: "else";
  readonly value: Expression;
  readonly otherwise: Otherwise;
}
/** `$25/day by caller.team then local`: the value of a `budget` setting, alone or in a list, and of a `budget` step; nowhere else. */
export interface Budget extends Node {
  readonly kind: "budget-amount";
  readonly amount: Expression;
  /** null: one count for all requests. */
  readonly by: Expression | null;
  /** The model that is asked where the budget is used up; null: the request is refused. */
  readonly instead: Name | null;
}
export interface Match extends Node {
  readonly kind: "match";
  readonly subject: Expression;
  readonly arms: readonly MatchArm[];
}
export interface MatchArm extends Node {
  readonly kind: "match-arm";
  /** null: `_`. Several patterns with `,` are not allowed; write `a | b`. */
  readonly patterns: readonly Expression[] | null;
  readonly value: Expression;
}

// ---------------------------------------------------------------- types as written

export type TypeExpression =
  | NamedType
  | RecordType
  | ListType
  | OptionalType
  | UnionType
  | LiteralType
  | LabelledType
  | Broken;

/** `string`, `string(1..40, pattern: '…')`, `int(1..9)`, `map(T)`, `Order`. */
export interface NamedType extends Node {
  readonly kind: "named-type";
  readonly name: Name;
  readonly arguments: readonly TypeArgument[];
}
export interface TypeArgument extends Node {
  readonly kind: "type-argument";
  readonly name: Name | null;
  /** A Range or literal; or a type (for `map(T)`, `form(T)`). */
  readonly value: Expression | TypeExpression;
}
export interface RecordType extends Node {
  readonly kind: "record-type";
  readonly fields: readonly Field[];
}
export interface Field extends Node {
  readonly kind: "field";
  readonly name: Name;
  readonly type: TypeExpression;
  readonly default: Expression | null;
  readonly documentation: string | null;
}
/** `[T]` or `[T](..100)`. */
export interface ListType extends Node {
  readonly kind: "list-type";
  readonly item: TypeExpression;
  readonly length: Range | null;
}
export interface OptionalType extends Node {
  readonly kind: "optional-type";
  readonly of: TypeExpression;
}
export interface UnionType extends Node {
  readonly kind: "union-type";
  readonly members: readonly TypeExpression[];
}
export interface LiteralType extends Node {
  readonly kind: "literal-type";
  readonly value: StringLiteral | NumberLiteral | BooleanLiteral;
}
/** `string @pii`. */
export interface LabelledType extends Node {
  readonly kind: "labelled-type";
  readonly of: TypeExpression;
  readonly labels: readonly Name[];
}
