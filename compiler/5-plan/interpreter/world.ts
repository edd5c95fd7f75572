/** What goes into the interpreter and what comes out: a whole request, everything outside the program, a whole answer. */
import type { TraceEntry } from "./trace.ts";

export interface InterpretedRequest {
  /** Upper case by convention. */
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly host: string;
  /** Flat, names in lower case, in the order sent. */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
  /** The peer's address as text. */
  readonly address: string;
  /** Whether it came over TLS. */
  readonly secure: boolean;
  /** As a test sends it: whoever asks one of these identities gets its claims, whatever the header says. */
  readonly callers?: readonly SentCaller[];
}

export interface SentCaller {
  readonly identity: string;
  readonly claims: { readonly [claim: string]: unknown };
}

export interface OutgoingRequest {
  readonly method: string;
  /** Path and query, encoded, without the endpoint's base path. */
  readonly target: string;
  readonly headers: readonly string[];
  readonly body: Uint8Array | null;
  /** Milliseconds of one attempt. */
  readonly timeout: number;
}

export type IncomingAnswer =
  | { readonly status: number; readonly headers: readonly string[]; readonly body: Uint8Array }
  | { readonly failure: "connect" | "timeout" | "protocol" };

export interface World {
  /** Never rejects. Calls of one `together` are made in order before any of them is awaited. */
  call(service: string, request: OutgoingRequest): Promise<IncomingAnswer>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** 0 ≤ n < 1. */
  random(): number;
  /** One `log` step; `value` as JSON. */
  log(level: "debug" | "info" | "warn" | "error", value: unknown): void;
  /** The counts of limits, where they must outlive an interpreter: as those of a test do. */
  readonly limits?: Map<string, bigint>;
  /** What budgets have spent; likewise. */
  readonly spent?: Map<string, bigint>;
  /** Parts of budgets that were spent before, as tests give them: by the budget's name, whatever it counts by, in the period of `at`. */
  readonly spentBefore?: ReadonlyMap<string, { readonly part: number; readonly at: number }>;
  /** The text of an issuer's key set; rejects where it cannot be had. Left out: no issuer is in reach. */
  fetchKeys?(url: string): Promise<string>;
  /** Fixed results of built-ins by name (`share`), as tests give them. */
  readonly facts?: ReadonlyMap<string, unknown>;
}

export interface InterpretedAnswer {
  readonly status: number;
  /** Flat, names in lower case; without what the transport adds (date, content-length, connection). */
  readonly headers: readonly string[];
  /** Empty for HEAD, 204 and 304. */
  readonly body: Uint8Array;
  /** The name of the route that answered; "" where none did. */
  readonly route: string;
  /** The problem code or the step that decided ("reply", "deny"); "" where an upstream's answer was passed on. */
  readonly reason: string;
  readonly trace: readonly TraceEntry[];
}
