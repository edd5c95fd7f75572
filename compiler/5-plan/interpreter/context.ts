/** What one request's evaluation can reach: the program, the request, the world, and what has been changed so far. */
import type { HeldTo } from "./budget.ts";
import type { FaultWriter } from "../../../runtime/http/exchange.ts";
import type { Failure } from "../../../runtime/failure.ts";
import type { FunctionPlan, Origin, Plan } from "../plan.ts";
import type { Client } from "./client.ts";
import type { Identities } from "./identify.ts";
import type { Places } from "./concurrency.ts";
import type { HeaderChange } from "./headers.ts";
import type { TraceEntry } from "./trace.ts";
import type { InterpretedRequest, World } from "./world.ts";

/** The parts that all requests share. */
export interface Loaded {
  readonly plan: Plan;
  readonly functions: ReadonlyMap<string, FunctionPlan>;
  /** Values by variable, typed, defaults filled in. */
  readonly environment: ReadonlyMap<string, unknown>;
  readonly constants: ReadonlyMap<string, unknown>;
  readonly identities: Identities;
  /** The counts of limits, where the world keeps none. */
  readonly limits: Map<string, bigint>;
  /** What budgets have spent, where the world keeps it not. */
  readonly spent: Map<string, bigint>;
  /** Who is inside concurrency limits, and who waits. */
  readonly places: Places;
}

export interface Context extends Loaded {
  readonly world: World;
  readonly request: InterpretedRequest;
  /** As trusted proxies report it. */
  readonly client: Client;
  /** The trace identifier. */
  readonly id: string;
  /** Canonical; null: malformed, so that no route is asked. */
  readonly path: string | null;
  /** Without "?". */
  readonly query: string;
  /** The route's limit in bytes. */
  bodyLimit: number;
  /** The route's, in milliseconds; null: none. */
  deadline: number | null;
  /** The route's: in whose words errors are told; null: as problem details. */
  faults: FaultWriter | null;
  /** The places that the request has, by what they are counted under; each is given back at its end. */
  readonly held: Map<string, () => void>;
  /** Budgets of routes that the request is held to. */
  readonly heldTo: HeldTo[];
  /** What `set request.…` asked for, in order; only `forward` looks at it. */
  readonly requestChanges: RequestChange[];
  /** Applied to whatever answer leaves. */
  readonly responseChanges: HeaderChange[];
  responseStatus: number | null;
  /** The upstream's head while the steps of a `forward` run. */
  upstream: { readonly status: number; readonly headers: readonly string[] } | null;
  /** What the running `else` catches. */
  failure: Failure | null;
  readonly trace: TraceEntry[];
}

export interface RequestChange {
  readonly place: "header" | "query" | "path" | "cookie";
  readonly name: string;
  readonly value: string | null;
}

/** How a run of steps went. */
export type Outcome =
  | { readonly kind: "next" }
  /** `ending`: the answer where nobody handles it, if it is not the failure's standard problem. */
  | { readonly kind: "failed"; readonly failure: Failure; readonly origin: Origin; readonly ending?: Ending }
  | { readonly kind: "ended"; readonly ending: Ending };

export interface Ending {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Uint8Array;
  readonly reason: string;
  readonly origin: Origin | null;
}

export const NEXT: Outcome = { kind: "next" };
