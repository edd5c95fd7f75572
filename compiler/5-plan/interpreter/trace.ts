/** The record of one decision, from the first route looked at to what ended the request: what `vgw why` prints. */
import type { Problem } from "../../../runtime/failure.ts";
import type { Origin } from "../plan.ts";

export type TraceEntry = CandidateEntry | StepEntry | CallEntry | FailureEntry | EndEntry;

/** A route that was looked at, and how far it matched. */
export interface CandidateEntry {
  readonly entry: "candidate";
  readonly route: string;
  readonly origin: Origin;
  readonly verdict: "matched" | "host" | "path" | "method" | "guard";
}

/** A step that ran. `shown` is what it gave or found, with labelled values masked; "" where there is nothing to show. */
export interface StepEntry {
  readonly entry: "step";
  readonly origin: Origin;
  readonly step: string;
  readonly shown: string;
}

export interface CallEntry {
  readonly entry: "call";
  readonly origin: Origin;
  readonly service: string;
  readonly method: string;
  readonly target: string;
  /** The status, or the kind of failure. */
  readonly outcome: string;
}

export interface FailureEntry {
  readonly entry: "failure";
  readonly origin: Origin;
  readonly kind: string;
  readonly detail: string;
  /** What was wrong with the input. */
  readonly problems: readonly Problem[];
  /** Whether an `else` takes over from here. */
  readonly handled: boolean;
}

export interface EndEntry {
  readonly entry: "end";
  /** null where no step did it (no route, a malformed target). */
  readonly origin: Origin | null;
  readonly status: number;
  readonly reason: string;
}
