/**
 * The plan: the checked program as a small explicit IR. The reference interpreter walks it, the emitter writes it as
 * TypeScript, and the corpus proves that both mean the same. It is plain data (JSON but for `undefined`), holds
 * origins (file index and node id), never offsets.
 *
 * Two kinds of code:
 * - an `Expr` is pure, synchronous and cannot fail;
 * - everything that waits, can fail or has an effect is a `Step`, writing its value to a slot. The lowering names every
 *   intermediate result, so order of evaluation is explicit.
 *
 * (More than 400 lines, since the IR is one thing: interpreter and emitter are both read beside this file.)
 *
 * Failure is a value, never an exception: a failing step leaves its nearest enclosing `attempt`, whose `otherwise` then
 * runs with `failure` set. A failing step outside any attempt ends the request with the step's standard problem.
 */
import type { FaultDialect } from "../../runtime/model/dialect/fault.ts";
import type { FailureKind } from "../../runtime/failure.ts";
import type { ClientDialectName, ProviderDialectName } from "../../runtime/model/dialect/dialect.ts";
import type { BudgetConfiguration } from "../../runtime/model/money/configuration.ts";
import type { PreferenceRule } from "../../runtime/model/configuration.ts";
import type { StaticValue } from "../3-types/checked.ts";
import type { OperationClient } from "../vocabulary/operations.ts";
import type { Type } from "../3-types/type.ts";

export interface Origin {
  /** Index into `Plan.files`. */
  readonly file: number;
  readonly node: number;
}

export interface Plan {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly gateway: { readonly name: string; readonly settings: { readonly [key: string]: StaticValue } };
  readonly services: readonly ServicePlan[];
  readonly identities: readonly IdentityPlan[];
  readonly models: readonly ModelPlan[];
  readonly pools: readonly PoolPlan[];
  /** Of `budget` steps; those of models stand with them. */
  readonly budgets: readonly BudgetPlan[];
  readonly constants: readonly ConstantPlan[];
  readonly functions: readonly FunctionPlan[];
  readonly routes: readonly RoutePlan[];
  /** Every variable that any setting or expression reads. */
  readonly environment: readonly EnvironmentPlan[];
  /** Node spans of each file for source maps: `spans[file][node]` is [line, column] of its first token, 0-based. */
  readonly spans: readonly (readonly (readonly [number, number])[])[];
}

export interface EnvironmentPlan {
  readonly variable: string;
  readonly type: "string" | "int" | "float" | "bool" | "duration" | "size" | "url";
  readonly secret: boolean;
  readonly default: string | number | boolean | null;
}

export interface ServicePlan {
  readonly name: string;
  readonly origin: Origin;
  readonly settings: { readonly [key: string]: StaticValue };
  /** What requests that belong to the same endpoint have in common, of a type with a text or optional; null: they need not be told apart. */
  readonly key: Expr | null;
}

/** `configuration` has the members of an `IdentityConfiguration` (`runtime/identity/configuration.ts`); the environment is not yet read. */
export interface IdentityPlan {
  readonly name: string;
  readonly origin: Origin;
  /** What `caller` is. */
  readonly caller: Type;
  readonly configuration: { readonly [key: string]: StaticValue };
}

/** `configuration` has the members of a `ModelConfiguration` (`runtime/model/configuration.ts`); the environment is not yet read. */
export interface ModelPlan {
  readonly name: string;
  readonly origin: Origin;
  readonly dialect: ProviderDialectName;
  readonly configuration: { readonly [key: string]: StaticValue };
}

/** A choice of models, by their names in the plan. `configuration` as of a `PoolConfiguration`. */
export interface PoolPlan {
  readonly name: string;
  readonly origin: Origin;
  readonly models: readonly string[];
  readonly fallback: readonly string[];
  readonly prefer: readonly PreferenceRule[];
  /** Names that clients use; left out: any name means the pool. */
  readonly aliases?: readonly { readonly name: string; readonly model: string }[];
  /** Other names than those and the pool's own are refused. */
  readonly strict?: boolean;
  /** Classes of errors after which the next of `fallback` is asked. */
  readonly on: readonly string[];
  /** In tokens; null: as the model and the client say. */
  readonly limit: number | null;
  /** The next model goes on with a stream that breaks; left out: it ends with an error. */
  readonly broken?: { readonly saying: string | null };
  /** `{ after, most, budget }`; left out: nobody is asked beside another. */
  readonly hedge?: StaticValue;
  /** Gets copies of a part of the requests; left out: nobody does. */
  readonly shadow?: { readonly model: string; readonly share: number; readonly atOnce: number };
  /** Of a `BudgetConfiguration` each; left out: none. */
  readonly budgets?: StaticValue;
  /** Answers say what they cost. */
  readonly costHeaders?: StaticValue;
}

/** A budget that routes hold their requests to: a `BudgetConfiguration`, whose name several may share to count together. */
export interface BudgetPlan {
  /** No other's in the plan. */
  readonly name: string;
  readonly origin: Origin;
  readonly configuration: BudgetConfiguration;
}

/** Evaluated once, when the bundle is loaded, in the order of the plan. */
export interface ConstantPlan {
  readonly name: string;
  readonly origin: Origin;
  readonly type: Type;
  readonly value: Expr;
}

export interface FunctionPlan {
  readonly name: string;
  readonly origin: Origin;
  readonly parameters: readonly Slot[];
  readonly result: Type;
  /** A pure body; functions that can fail are lowered in place by the caller. */
  readonly body: Expr;
}

/** A named storage place of a route, function or lambda. `name` is the author's, made unique within the route. */
export interface Slot {
  readonly name: string;
  readonly type: Type;
}

// ---------------------------------------------------------------- routes

/**
 * Routes stand in the order in which they decide: the first one that matches a request answers it (most specific
 * first, equal ones in source order). Matching is by host, then path, then method, then predicates and guard.
 * A request whose host and path match some route, but whose method matches none of them, gets 405 with `Allow`.
 * A HEAD request is answered by a GET route unless a HEAD route of equal specificity stands before it.
 */
export interface RoutePlan {
  readonly name: string;
  readonly origin: Origin;
  /** Sorted; null: any. */
  readonly methods: readonly string[] | null;
  /** null: any host. `suffix` for "*.example.org": one or more labels before it. Lower case, without port. */
  readonly host: { readonly kind: "exact" | "suffix"; readonly value: string } | null;
  /** What stands between the slashes: "/" is one empty literal, "/a/" a literal and an empty one, "/{all...}" none and a rest. */
  readonly segments: readonly Segment[];
  /** The path after the last segment: ends there, or `{name...}` takes what remains (possibly nothing) after a "/". */
  readonly rest: Slot | null;
  /** Steps that must run before the guard (pure; usually empty), then the condition; null: no guard. */
  readonly guard: Expr | null;
  /** In milliseconds; null: none. The whole answer. */
  readonly deadline: number | null;
  /** In bytes: the largest request body that is accepted. */
  readonly bodyLimit: number;
  /** The words `open` or the policies' names, for `vgw why` and logs. */
  readonly access: readonly string[];
  /** "/people/{email}" where a part of the path is labelled, so that logs and traces hold this in its place; null: the path may be told. */
  readonly shownPath: string | null;
  /** In whose words its clients read errors, where they ask for models; null: problem details. */
  readonly faults: FaultDialect | null;
  readonly steps: readonly Step[];
}

/**
 * One path segment between slashes. "/a/{id: uuid}/x-{n: int}.json" has three. A literal is in canonical form.
 * `mixed` has literals around exactly one parameter.
 */
export type Segment =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "parameter"; readonly prefix: string; readonly suffix: string; readonly slot: Slot };

// ---------------------------------------------------------------- steps

export type Step =
  | ComputeStep
  | ReadStep
  | CallStep
  | DecodeStep
  | DivideStep
  | ConvertStep
  | TogetherStep
  | AttemptStep
  | FailStep
  | RequireStep
  | IdentifyStep
  | LimitStep
  | ConcurrencyStep
  | IfStep
  | GatherStep
  | SetStep
  | LogStep
  | ReplyStep
  | DenyStep
  | ForwardStep
  | BudgetStep
  | ModelStep;

interface Originated {
  readonly origin: Origin;
}

/** slot = value. */
export interface ComputeStep extends Originated {
  readonly step: "compute";
  readonly slot: Slot;
  readonly value: Expr;
}

/**
 * Reads and validates typed input. Fails with kind "invalid" (400; 413 over the body limit; 415 for another content
 * type) and the list of problems. `default` stands for an absent query, header or cookie; optional types allow absence.
 */
export interface ReadStep extends Originated {
  readonly step: "read";
  readonly source: "body" | "query" | "header" | "cookie";
  /** Wire name; "" for body. */
  readonly wireName: string;
  readonly codec: "json" | "form" | "text" | "bytes";
  readonly slot: Slot;
  readonly default: Expr | null;
}

/** A service call. Its slot is an `answer`. Fails on connect, timeout, protocol error, or (unless `anyStatus`) a status of 400 or more. */
export interface CallStep extends Originated {
  readonly step: "call";
  readonly slot: Slot;
  readonly service: string;
  readonly method: string;
  /** Path and query, holes encoded for their place. */
  readonly path: Expr;
  /** Header names are lower case. */
  readonly headers: readonly { readonly name: string; readonly value: Expr }[];
  readonly query: readonly { readonly name: string; readonly value: Expr }[];
  readonly body: { readonly codec: "json" | "text" | "bytes"; readonly value: Expr } | null;
  /** In milliseconds, replaces the service's; null: the service's. */
  readonly timeout: number | null;
  /** `as T?`: a 404 is not a failure; the following decode gives absent. */
  readonly absentOn404: boolean;
}

/** Decodes JSON (of an answer, or of a string or json value) into a type; fails with kind "invalid". Unknown fields are ignored. */
export interface DecodeStep extends Originated {
  readonly step: "decode";
  readonly slot: Slot;
  readonly from: Expr;
  readonly source: "answer" | "string" | "json";
  readonly absentOn404: boolean;
}

/** A division whose divisor may be zero; fails with kind "division". */
export interface DivideStep extends Originated {
  readonly step: "divide";
  readonly slot: Slot;
  readonly left: Expr;
  readonly right: Expr;
}

/** A built-in that can fail (`int("12")`, `list.first()` in strict form, …); fails with the kind its vocabulary entry names. */
export interface ConvertStep extends Originated {
  readonly step: "convert";
  readonly slot: Slot;
  readonly builtin: string;
  readonly arguments: readonly Expr[];
}

/**
 * Calls that start together. The first step of a branch is a call, or an attempt whose first step is one (and so on inwards);
 * these first calls read no slot that an earlier branch writes. All of them start first, in order; then each branch's call is awaited and its remaining steps run, in written order, as if they had been written one after the other.
 * When a branch ends the request, calls still under way are aborted.
 */
export interface TogetherStep extends Originated {
  readonly step: "together";
  readonly branches: readonly (readonly Step[])[];
}

/** Runs `steps`; if one of them fails, runs `otherwise` (which may read `failure`) instead of the rest of them. */
export interface AttemptStep extends Originated {
  readonly step: "attempt";
  readonly steps: readonly Step[];
  readonly otherwise: readonly Step[];
}

/** Fails always: absence that must become a failure ("absent"), a value outside a narrower type ("invalid"). */
export interface FailStep extends Originated {
  readonly step: "fail";
  readonly kind: FailureKind;
}

/** Fails with kind "refused" (403) when the condition is false. */
export interface RequireStep extends Originated {
  readonly step: "require";
  readonly condition: Expr;
}

/**
 * Takes `cost` from what is left of `rate` for the key, where there is enough; else fails with kind "limited" (429) and takes nothing.
 * Counts are one per identity, rate, burst and key.
 */
export interface LimitStep extends Originated {
  readonly step: "limit";
  readonly identity: string;
  /** As header fields say it, unique in the route. */
  readonly name: string;
  readonly rate: Expr;
  readonly burst: Expr;
  readonly cost: Expr;
  /** Of a type that has a text; null: all requests share one count. */
  readonly key: Expr | null;
  /** Whether the answer says what is left (`RateLimit-Policy`, `RateLimit`). */
  readonly headers: boolean;
  /** Whether the answer to a refusal says when to come again. */
  readonly retryAfter: boolean;
  readonly whenFull: "deny" | "allow";
  /** null: each gateway counts by itself. */
  readonly shared: SharedCount | null;
}

/** A limit that gateways count together over the gateway's `state`; while that is away it fails with kind "overload" (503), or each counts alone. */
export interface SharedCount {
  /** "exact": each decision is made there; "leased": some are taken from there in advance. */
  readonly how: "exact" | "leased";
  /** null: as `state` says. */
  readonly whenAway: "refuse" | "allow" | null;
}

/**
 * Goes on where fewer than `most` requests with the key are between this step and their end, and nobody waits; else waits behind at most
 * `queue` others, at most `wait` milliseconds; else fails with kind "limited" (429), without a key "overload" (503). A request counts once.
 */
export interface ConcurrencyStep extends Originated {
  readonly step: "concurrency";
  readonly identity: string;
  readonly name: string;
  readonly most: Expr;
  /** Of a type that has a text; null: all requests together. */
  readonly key: Expr | null;
  /** 0: nobody waits. */
  readonly queue: number;
  readonly wait: number;
  /** Seconds that the answer to a refusal tells; null: it tells nothing. */
  readonly retryAfter: number | null;
  readonly whenFull: "deny" | "allow";
  /** null: each gateway counts by itself; else nobody waits. */
  readonly shared: SharedCount | null;
}

/**
 * Recognises the caller. Fails with kind "refused" (401), or "connect" (503) where no key was ever had. The slot takes the claims
 * ("one"); the identity that recognised the caller, and its claims ("any": a record of `identity` and `claims`); or a record with
 * the claims of each identity under its name ("all").
 */
export interface IdentifyStep extends Originated {
  readonly step: "identify";
  readonly how: "one" | "any" | "all";
  /** In the order of asking. `name` is what the slot's value calls it, `identity` what the plan does. */
  readonly identities: readonly { readonly name: string; readonly identity: string }[];
  readonly slot: Slot;
}

export interface IfStep extends Originated {
  readonly step: "if";
  readonly condition: Expr;
  readonly then: readonly Step[];
  readonly otherwise: readonly Step[];
}

/** Runs `steps` for each item, `atOnce` at a time, giving a list in the order of the items. A failure of one fails all. */
export interface GatherStep extends Originated {
  readonly step: "gather";
  readonly slot: Slot;
  readonly list: Expr;
  readonly atOnce: number;
  readonly item: Slot;
  readonly steps: readonly Step[];
  readonly result: Expr;
}

/**
 * value null: remove (of a response cookie: tell the client to forget it). `request` places change what is forwarded, `response`
 * places whatever answer leaves. Reading a request place gives what the client sent, whatever was set; reading a response
 * header gives the upstream's head with the changes made so far. An absent value (optional) removes.
 */
export interface SetStep extends Originated {
  readonly step: "set";
  readonly place:
    | "request.header"
    | "request.query"
    | "request.path"
    | "request.cookie"
    | "response.header"
    | "response.cookie"
    | "response.status";
  /** Header names are lower case; "" for path and status. */
  readonly name: string;
  readonly value: Expr | null;
  readonly cookie: CookieAttributes | null;
}
export interface CookieAttributes {
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: "strict" | "lax" | "none" | null;
  readonly path: string | null;
  readonly domain: string | null;
  /** Seconds. */
  readonly maxAge: number | null;
}

export interface LogStep extends Originated {
  readonly step: "log";
  readonly level: "debug" | "info" | "warn" | "error";
  readonly value: Expr;
}

/** Ends the request. */
export interface ReplyStep extends Originated {
  readonly step: "reply";
  readonly status: Expr;
  readonly content: Content;
}
export type Content =
  | { readonly kind: "empty" }
  | { readonly kind: "json"; readonly value: Expr; readonly type: Type }
  | { readonly kind: "text"; readonly value: Expr; readonly mediaType: string }
  | { readonly kind: "bytes"; readonly value: Expr; readonly mediaType: string }
  /** Embedded when building: `data` is base64. */
  | { readonly kind: "file"; readonly mediaType: string; readonly data: string }
  | { readonly kind: "redirect"; readonly location: Expr };

/** Ends the request with a problem document (RFC 9457). */
export interface DenyStep extends Originated {
  readonly step: "deny";
  readonly status: Expr;
  readonly detail: Expr | null;
}

/**
 * Ends the request with the upstream's answer, streamed both ways. Fails (502, 503, 504) only while nothing has been
 * sent. `answer` steps run when the head has arrived: they may set response places, `if`, `log`, and reply or deny
 * instead of the upstream's body.
 */
export interface ForwardStep extends Originated {
  readonly step: "forward";
  readonly service: string;
  readonly body: { readonly codec: "json" | "text" | "bytes"; readonly value: Expr; readonly type: Type } | null;
  readonly timeout: number | null;
  /** In milliseconds, replaces the service's; null: the service's. */
  readonly silence: number | null;
  /** Handshakes are let through: milliseconds of silence and bytes of a message that are allowed; null: they are not. */
  readonly webSocket: { readonly idle: number; readonly message: number } | null;
  readonly answer: readonly Step[];
}

/**
 * Ends the request with a model's answer in the client's dialect, whole or as a stream, as the client asks. Fails only while nothing has been sent;
 * without an attempt around it, errors are answered in the client's dialect.
 */
export interface ModelStep extends Originated {
  readonly step: "model";
  /** Of `Plan.models` or `Plan.pools`. */
  readonly model: string;
  /** What its clients speak, or ask for that is no conversation. */
  readonly client: ClientDialectName | OperationClient;
  /** As of a `SystemPrompt`; null: the client's instructions go as they are. */
  readonly prompt: { readonly system: Expr | null; readonly client: "keep" | "drop" | "refuse" } | null;
  /** Requests for which it gives the same go to the same model of the pool; null: each for itself. */
  readonly sticky: Expr | null;
  /** What budgets of models count by, by their `by` (`BudgetConfiguration`); null: none that may be asked here counts by it. */
  readonly keys: readonly (Expr | null)[];
}

/** From here on the request counts in this budget of `Plan.budgets`, whichever model is asked. */
export interface BudgetStep extends Originated {
  readonly step: "budget";
  readonly budget: string;
  /** null: one count for all requests. */
  readonly key: Expr | null;
}

// ---------------------------------------------------------------- expressions

/** `type` is the type of the value; representation follows it (see `vocabulary/types.ts`). */
export type Expr =
  /** In the runtime's representation; bytes as base64 under `type.kind === "bytes"`. */
  | { readonly expr: "constant"; readonly type: Type; readonly value: string | number | boolean | null }
  | { readonly expr: "slot"; readonly type: Type; readonly name: string }
  | { readonly expr: "global"; readonly type: Type; readonly name: string }
  | { readonly expr: "environment"; readonly type: Type; readonly variable: string }
  | { readonly expr: "none"; readonly type: Type }
  | { readonly expr: "list"; readonly type: Type; readonly items: readonly Expr[] }
  | { readonly expr: "record"; readonly type: Type; readonly entries: readonly RecordEntry[] }
  | { readonly expr: "field"; readonly type: Type; readonly of: Expr; readonly name: string }
  /** On an optional record or json: absent where the object is. */
  | { readonly expr: "json-member"; readonly type: Type; readonly of: Expr; readonly name: string }
  | { readonly expr: "index"; readonly type: Type; readonly of: Expr; readonly index: Expr }
  /** Texts and holes; every hole is a string already encoded for the place by an `encode` expression. */
  | {
      readonly expr: "template";
      readonly type: Type;
      readonly texts: readonly string[];
      readonly holes: readonly Expr[];
    }
  /** A value as text, encoded for where it will stand. */
  | {
      readonly expr: "encode";
      readonly type: Type;
      readonly of: Expr;
      readonly as: "text" | "path-segment" | "path-rest" | "query" | "header";
    }
  | { readonly expr: "unary"; readonly type: Type; readonly operator: "-" | "not"; readonly of: Expr }
  | {
      readonly expr: "binary";
      readonly type: Type;
      readonly operator: PlanOperator;
      readonly left: Expr;
      readonly right: Expr;
    }
  /** Inclusive; absent ends are open. */
  | {
      readonly expr: "within";
      readonly type: Type;
      readonly of: Expr;
      readonly from: Expr | null;
      readonly to: Expr | null;
    }
  | {
      readonly expr: "conditional";
      readonly type: Type;
      readonly condition: Expr;
      readonly then: Expr;
      readonly otherwise: Expr;
    }
  /** `value` unless it is absent. */
  | { readonly expr: "or-else"; readonly type: Type; readonly of: Expr; readonly otherwise: Expr }
  | { readonly expr: "is-absent"; readonly type: Type; readonly of: Expr }
  /** The subject is a slot. Arms in order; the last has `test: null`. */
  | {
      readonly expr: "match";
      readonly type: Type;
      readonly arms: readonly { readonly test: Expr | null; readonly value: Expr }[];
    }
  /** A pure, total built-in of the vocabulary; lambdas only as arguments. */
  | { readonly expr: "builtin"; readonly type: Type; readonly name: string; readonly arguments: readonly Expr[] }
  /**
   * Pure work that can fail, where no step can stand (lambdas, functions), and its `else` value: a fallible built-in, "divide",
   * or "decode" (of one string or json value into `type`, which is optional only where `otherwise` may be absent).
   */
  | {
      readonly expr: "attempt";
      readonly type: Type;
      readonly name: string;
      readonly arguments: readonly Expr[];
      readonly otherwise: Expr;
    }
  /** Names an intermediate value where no step can stand (the subject of a `match` in a lambda or function). */
  | { readonly expr: "let"; readonly type: Type; readonly slot: Slot; readonly value: Expr; readonly body: Expr }
  | { readonly expr: "lambda"; readonly type: Type; readonly parameters: readonly Slot[]; readonly body: Expr }
  | { readonly expr: "call"; readonly type: Type; readonly function: string; readonly arguments: readonly Expr[] }
  | {
      readonly expr: "request";
      readonly type: Type;
      readonly what: "method" | "path" | "target" | "address" | "host" | "hostname" | "scheme" | "id";
    }
  | {
      readonly expr: "request-value";
      readonly type: Type;
      readonly what: "header" | "query" | "cookie";
      readonly name: Expr;
    }
  | { readonly expr: "response-status"; readonly type: Type }
  | { readonly expr: "response-header"; readonly type: Type; readonly name: Expr }
  | { readonly expr: "failure"; readonly type: Type; readonly field: "kind" | "status" };

export type RecordEntry =
  | { readonly kind: "entry"; readonly name: string; readonly value: Expr }
  | { readonly kind: "spread"; readonly value: Expr };

/** Equality is by value (deep); `+` on strings joins; division here cannot be by zero. */
export type PlanOperator = "+" | "-" | "*" | "/" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "and" | "or";
