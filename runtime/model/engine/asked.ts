/** One model that was asked for a request: what it was asked, what it has told so far, and its call in the accounts, which is settled once. */
import { performance } from "node:perf_hooks";
import type { Headers, ModelNote } from "../../http/exchange.ts";
import type { ModelError } from "../canonical/error.ts";
import type { ModelRequest } from "../canonical/request.ts";
import type { Usage } from "../canonical/usage.ts";
import type { EventReader } from "../dialect/dialect.ts";
import type { OpenCall } from "../money/accounts.ts";
import type { Target } from "./target.ts";

export class Asked {
  readonly target: Target;
  /** With the caps of this target. */
  readonly request: ModelRequest;
  /** In the client's own bytes. */
  readonly passed: boolean;
  /** `performance.now()` */
  readonly at: number = performance.now();
  /** 0: no head yet. */
  status = 0;
  headers: Headers = [];
  /** Of a stream, once its head is there. */
  reader: EventReader | null = null;
  /** Milliseconds to the first content of a stream. */
  firstToken: number | null = null;
  /** No byte of the request has left. */
  unsent = false;
  /** From before the request is sent until it is known what it used; null: nothing is counted for it. */
  #call: OpenCall | null;
  #told: Usage | null = null;

  constructor(target: Target, request: ModelRequest, passed: boolean, call: OpenCall | null) {
    this.target = target;
    this.request = request;
    this.passed = passed;
    this.#call = call;
  }

  /** What the provider says that it used. */
  tell(usage: Usage | null): void {
    this.#told = usage;
  }

  /** As far as the provider has told. */
  get usage(): Usage | null {
    return this.reader?.usage ?? this.#told;
  }

  get refused(): boolean {
    return this.status !== 0 && (this.status < 200 || this.status > 299);
  }

  readError(body: Uint8Array): ModelError {
    return this.target.dialect.readError(this.status, this.headers, body);
  }

  /** It is over, in whatever way: settled, and noted. */
  over(outcome: ModelNote["outcome"], fallbacks: number): ModelNote {
    const { usage, firstToken, target } = this;
    const call = this.#call;
    this.#call = null;
    if (outcome === "answered" && usage !== null) call?.settle({ kind: "usage", usage });
    else if (this.refused || this.unsent) call?.settle({ kind: "nothing" });
    else call?.settle({ kind: "unknown" });
    return { model: target.name, usage, outcome, fallbacks, firstToken };
  }
}
