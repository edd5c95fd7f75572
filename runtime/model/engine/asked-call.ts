/**
 * What is known of a call to one model while it is under way, and what becomes of it once it is over: its call in the accounts is settled, once, by what it used;
 * it is noted for the log and the metrics, and how fast the model was is measured.
 */
import { performance } from "node:perf_hooks";
import type { CostNote, ModelNote } from "../../http/exchange.ts";
import type { ModelOperation } from "../../observe/model-operations.ts";
import { Timed } from "../../upstream/timer-wheel.ts";
import type { ModelRequest } from "../canonical/request.ts";
import { completionTokens, type Usage } from "../canonical/usage.ts";
import type { EventReader, PassingReader } from "../dialect/dialect.ts";
import type { OpenCall, Outcome, Remaining } from "../money/accounts.ts";
import { noteOf } from "./cost-headers.ts";
import type { Skipped } from "./fits.ts";
import type { Gathered } from "./gathered.ts";
import { Intake } from "./intake.ts";
import type { ModelSpan } from "./model-span.ts";
import { operationOf } from "./provider-name.ts";
import type { Speed } from "./speed.ts";
import type { Target } from "./target.ts";

export abstract class AskedCall extends Timed {
  readonly target: Target;
  /** With the caps of this target. */
  readonly request: ModelRequest;
  /** In the client's own bytes. */
  readonly passed: boolean;
  /** `performance.now()` */
  readonly at: number = performance.now();
  /** Models that were given up before it. */
  fallbacks = 0;
  /** The key that it was asked with, by name; "": it has one, or none. */
  keyName = "";
  /** Why it was asked: a rule of its choice, or "fallback". */
  by = "";
  /** Who could not be asked. */
  skipped: readonly Skipped[] = [];
  /** Streams that had broken off before it was asked to go on. */
  continuations = 0;
  /** Milliseconds to the first content of a stream. */
  firstToken: number | null = null;
  /** Of the answer; 0: no head yet. */
  protected status = 0;
  /** No byte of the request has left. */
  protected unsent = false;
  /** Where the exchange is recorded: of what was sent last. */
  protected span: ModelSpan | null = null;
  /** Of an answer that is no stream, or of an error. */
  protected body: Gathered | null = null;
  /** Of a stream, once its head is there. */
  protected reader: EventReader | null = null;
  /** The same one, where bytes go to the client as they are. */
  protected passing: PassingReader | null = null;
  /** At any time, by whoever reads what is told. */
  protected heldBack = false;
  /** The usage that was told last. */
  protected toldUsage: Usage | null = null;
  /** What has come of an answer; null: nothing is counted for it. */
  protected readonly intake: Intake | null;
  /** From before the request is sent until it is known what it used; null: nothing is counted for it. */
  #call: OpenCall | null;
  #settled: OpenCall | null = null;

  constructor(target: Target, request: ModelRequest, passed: boolean, call: OpenCall | null) {
    super();
    this.target = target;
    this.request = request;
    this.passed = passed;
    this.#call = call;
    this.intake = call === null ? null : new Intake();
  }

  protected get refused(): boolean {
    return this.status !== 0 && (this.status < 200 || this.status > 299);
  }

  /** For metrics. */
  get operation(): ModelOperation {
    return operationOf(this.target.configuration, "chat");
  }

  /** As far as the provider has told. */
  get usage(): Usage | null {
    return this.reader?.usage ?? this.toldUsage;
  }

  /** Once it is over: what its budgets have left. */
  get remaining(): readonly Remaining[] {
    return this.#settled?.remaining ?? [];
  }

  /** It is over, in whatever way: settled, and noted. */
  over(outcome: ModelNote["outcome"]): ModelNote {
    const { target } = this;
    const call = this.#call;
    this.#call = null;
    if (target.speed !== null) this.#measure(target.speed, outcome);
    const settled = call?.settle(this.#outcome(outcome === "answered", call));
    const cost = settled && noteOf(settled);
    this.#settled = call;
    const note = this.noteOf(outcome, cost ?? undefined);
    this.endSpan(note);
    return note;
  }

  #outcome(whole: boolean, call: OpenCall): Outcome {
    const { usage } = this;
    const intake = this.intake;
    if (usage !== null && (whole || intake?.told === true)) return { kind: "usage", usage };
    if (this.refused || this.unsent) return { kind: "nothing" };
    if (intake === null) return { kind: "unknown" };
    // What comes as a whole may have been written before a byte of it was here.
    const { dialect, provider } = this.target;
    const shown =
      (whole || (this.request.stream && this.body === null)) &&
      call.shows &&
      dialect.hidesThoughts?.(this.request, provider, usage, intake.thought) !== true;
    if (this.passing !== null) intake.passed(this.passing.passed);
    return { kind: "cut", told: usage, received: shown ? intake : null };
  }

  protected noteOf(outcome: ModelNote["outcome"], cost: CostNote | undefined): ModelNote {
    const { usage, fallbacks, continuations, firstToken, target, by, skipped, keyName } = this;
    return {
      model: target.name,
      usage,
      outcome,
      fallbacks,
      continuations,
      firstToken,
      by,
      skipped,
      key: keyName,
      cost,
    };
  }

  protected endSpan(note: ModelNote): void {
    this.span?.end(note);
    this.span = null;
  }

  /** What the client did, or asked for, says nothing of how fast the model is. */
  #measure(speed: Speed, outcome: ModelNote["outcome"]): void {
    const { stream } = this.request;
    const took = performance.now() - this.at;
    if (outcome === "answered") {
      const first = this.firstToken ?? took;
      speed.answered(stream, first, took - first, this.heldBack ? 0 : tokensOf(this.usage));
    } else if (!SAYS_NOTHING.has(outcome)) speed.failed(stream, took);
  }
}

const SAYS_NOTHING: ReadonlySet<ModelNote["outcome"]> = new Set(["left", "outrun", "client", "policy", "context"]);

function tokensOf(usage: Usage | null): number {
  return usage === null ? 0 : completionTokens(usage);
}
