/**
 * Copies of requests for another model, whose answers nobody gets: its status, speed, tokens and cost are measured under a name of its own ("shadow mini").
 * A copy delays and fails nothing: it is sent behind the client's request, is dropped where too many are under way, and outlives the client's going away.
 */
import type { Traced } from "../../upstream/index.ts";
import type { ModelNote } from "../../http/exchange.ts";
import type { ModelEvent } from "../canonical/answer.ts";
import type { ModelError } from "../canonical/error.ts";
import type { ModelRequest } from "../canonical/request.ts";
import { OpenCall } from "../money/accounts.ts";
import type { EngineParts } from "./parts.ts";
import { Asked, type Asker } from "./asked.ts";
import { areParticular, fitting } from "./fits.ts";
import { openCall } from "./spending.ts";
import type { Target } from "./target.ts";

export class Shadowing {
  readonly #target: Target;
  /** Of the requests: a part. */
  readonly #share: number;
  /** Copies under way, on one thread. */
  readonly #most: number;
  readonly #parts: EngineParts;
  #underWay = 0;

  /** `target`: under the shadow's own name. */
  constructor(
    target: Target,
    { share, atOnce }: { readonly share: number; readonly atOnce: number },
    parts: EngineParts,
  ) {
    this.#target = target;
    this.#share = share;
    this.#most = atOnce;
    this.#parts = parts;
  }

  /** Perhaps sends a copy. `limit`: of the choice, in tokens; null: none. */
  offer(request: ModelRequest, limit: number | null, traced: Traced, route: string): void {
    const { counters, random } = this.#parts;
    if (this.#share < 1 && random() >= this.#share) return;
    if (this.#underWay >= this.#most) {
      counters.skipped(this.#target.name, "busy");
      return;
    }
    if (areParticular([this.#target])) {
      const [misfit] = fitting(request, [this.#target]).skipped;
      if (misfit !== undefined) {
        counters.skipped(this.#target.name, misfit.reason);
        return;
      }
    }
    const asked = this.#target.capped(request, limit);
    const written = this.#target.write(asked);
    if ("class" in written) {
      counters.skipped(this.#target.name, "dialect");
      return;
    }
    const shadow = new Shadow(this.#parts, () => {
      this.#underWay--;
    });
    this.#underWay++;
    const { accounts, now } = this.#parts;
    // What it costs counts in its own model's budgets, and in none of whoever asked.
    const charges = this.#target.budgets.map((held) => ({ budget: held.budget, key: "", held }));
    const call =
      accounts === undefined
        ? null
        : openCall(
            accounts,
            charges,
            this.#target,
            asked,
            typeof written.body === "string" ? Buffer.byteLength(written.body) : written.body.length,
            route,
            now(),
          );
    const start = (opening: Awaited<typeof call>): void => {
      if (opening !== null && !(opening instanceof OpenCall)) {
        this.#underWay--;
        counters.skipped(this.#target.name, "budget");
        return;
      }
      const one = new Asked(this.#target, asked, false, opening, shadow);
      one.by = "shadow";
      const { headers, traceId, recording, unsampled } = traced;
      one.send({ headers, traceId, recording, unsampled, upstream: null }, written, null);
    };
    const waiting = this.#target.ready();
    if (waiting === null && !(call instanceof Promise)) start(call);
    else
      void Promise.all([call, waiting]).then(([opening, problem]) => {
        if (problem !== null && opening instanceof OpenCall) opening.settle({ kind: "nothing" });
        start(problem ?? opening);
      });
  }
}

/** Hears one answer, and keeps nothing of it. */
class Shadow implements Asker {
  readonly #parts: EngineParts;
  readonly #over: () => void;

  constructor(parts: EngineParts, over: () => void) {
    this.#parts = parts;
    this.#over = over;
  }

  missed(asked: Asked, problem: ModelError): void {
    this.#end(asked, problem.class);
  }

  answered(asked: Asked): void {
    this.#end(asked, "answered");
  }

  told(asked: Asked, events: readonly ModelEvent[]): void {
    const last = events[events.length - 1]!;
    if (last.type === "end") this.#end(asked, "answered");
    else if (last.type === "error") this.#end(asked, last.error.class);
  }

  #end(asked: Asked, outcome: ModelNote["outcome"]): void {
    this.#over();
    this.#parts.counters.count(asked.over(outcome), asked.operation, performance.now() - asked.at);
  }
}
