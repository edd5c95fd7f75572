/** What a `.case` file says: one program, and requests to it with what must come of each. `FORMAT.md` tells how to write one. */

export interface CaseFile {
  /** Relative to `cases/`. */
  readonly path: string;
  readonly title: string;
  /** Where the expectation comes from: an RFC's section or a rule of the language. */
  readonly rule: string;
  readonly program: string;
  /** Files beside the program, by name. */
  readonly files: ReadonlyMap<string, string>;
  readonly environment: Readonly<Record<string, string>>;
  /** By service. */
  readonly upstreams: ReadonlyMap<string, readonly Behaviour[]>;
  readonly cases: readonly Case[];
}

export interface Case {
  readonly title: string;
  readonly line: number;
  readonly request: CaseRequest;
  readonly answer: ExpectedAnswer;
  /** In order, unless `anyOrder`. */
  readonly calls: readonly ExpectedCall[];
  readonly anyOrder: boolean;
  readonly logs: readonly ExpectedLog[];
}

export interface CaseRequest {
  readonly method: string;
  readonly target: string;
  /** As written, in order; names in their own case. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  /** Exactly what goes over the wire, where the case is about that; null: written from the parts. */
  readonly raw: string | null;
  /** The client's loopback address. */
  readonly from: string;
  /** A request that waits for an upstream all the while; null: none. */
  readonly beside: CaseRequest | null;
}

/** What a fake upstream does with the requests that it is for. */
export interface Behaviour {
  /** null: any. */
  readonly method: string | null;
  /** Path and query; null: any. A "*" at the end stands for any rest. */
  readonly target: string | null;
  /** Only for the first such request of a case. */
  readonly once: boolean;
  readonly kind: "answer" | "hang" | "close" | "refuse" | "cut";
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

/** value null: must not be there; "*": must be there; otherwise all values of that name, in order. */
export interface ExpectedHeader {
  readonly name: string;
  readonly value: string | null;
}
export type BodyRule = "exact" | "json" | "partial" | "any";
export interface ExpectedAnswer {
  readonly status: number;
  readonly headers: readonly ExpectedHeader[];
  readonly rule: BodyRule;
  readonly body: Uint8Array;
  /** "cut": the client must see that the answer is not complete. */
  readonly ends: "complete" | "cut" | "closed";
}
export interface ExpectedCall {
  readonly service: string;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly ExpectedHeader[];
  readonly rule: BodyRule;
  readonly body: Uint8Array;
}
export interface ExpectedLog {
  readonly level: string;
  readonly value: unknown;
}

// ---------------------------------------------------------------- what was seen

export interface SeenAnswer {
  /** 0: the connection was closed without an answer. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  readonly ends: "complete" | "cut" | "closed";
}
export interface SeenCall {
  readonly service: string;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}
export interface Seen {
  readonly answer: SeenAnswer;
  readonly calls: readonly SeenCall[];
  readonly logs: readonly ExpectedLog[];
}

/** One way to run a program: the interpreter, or a bundle behind a transport. */
export interface Driver {
  readonly name: "interpreter" | "strict" | "fast";
  /** The version of uWebSockets.js. */
  readonly build?: string;
  start(file: CaseFile): Promise<Running>;
}
export interface Running {
  send(request: CaseRequest): Promise<Seen>;
  stop(): Promise<void>;
}

/** What is wrong with a case file; the message says where. */
export class CaseError extends Error {}
