/** `limit … concurrent`: a count and a line of those who wait, per key. Where time matters, it is real: no test's clock makes room. */
import { Failure } from "../../../runtime/failure.ts";
import type { ConcurrencyStep } from "../plan.ts";
import type { Context } from "./context.ts";
import { evaluate } from "./expression.ts";
import type { Scope } from "./scope.ts";
import { textOf } from "./value.ts";

interface Place {
  inside: number;
  /** In order of arrival: what each needs, and what lets it in. */
  readonly waiting: { readonly most: number; admit(): void }[];
}

/** By identity and key. */
export type Places = Map<string, Place>;

/** null: it is inside. */
export async function concurrency(step: ConcurrencyStep, scope: Scope, context: Context): Promise<Failure | null> {
  const most = evaluate(step.most, scope, context) as number;
  const key = step.key === null ? "" : textOf(evaluate(step.key, scope, context), step.key.type);
  const id = JSON.stringify([step.shared === null ? "" : "shared", step.identity, key]);
  if (context.held.has(id)) return null;
  const place = context.places.get(id) ?? { inside: 0, waiting: [] };
  context.places.set(id, place);

  const hasRoom = place.inside < most && place.waiting.length === 0;
  if (hasRoom) place.inside++;
  if (hasRoom || (place.waiting.length < step.queue && (await turn(place, most, step.wait)))) {
    context.held.set(id, () => {
      place.inside--;
      next(place);
    });
    return null;
  }
  if (step.retryAfter !== null)
    context.responseChanges.push({ kind: "set", name: "retry-after", value: String(step.retryAfter) });
  return step.key === null
    ? new Failure("overload", 503, "concurrency-exhausted", "a concurrency limit has no room")
    : new Failure("limited", 429, "concurrency-limited", "too many requests at once");
}

/** Waits; false: for too long. */
function turn(place: Place, most: number, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      place.waiting.splice(place.waiting.indexOf(waiter), 1);
      resolve(false);
      next(place);
    }, milliseconds);
    const waiter = {
      most,
      admit: () => {
        clearTimeout(timer);
        resolve(true);
      },
    };
    place.waiting.push(waiter);
  });
}

/** Lets in whose turn it is. */
function next(place: Place): void {
  for (let first = place.waiting[0]; first !== undefined && place.inside < first.most; first = place.waiting[0]) {
    place.waiting.shift();
    place.inside++;
    first.admit();
  }
}
