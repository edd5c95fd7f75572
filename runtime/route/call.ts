/** Service calls: targets, the signals that abort them, and many of them over a list. */
import type { CallSignal } from "../abi.ts";
import { Failure, type FailureKind } from "../failure.ts";
import { percentEncode } from "../value/index.ts";

/** One signal for one call: aborting it frees the upstream connection. */
export class Signal implements CallSignal {
  onAbort: (() => void) | null = null;
  abort(): void {
    this.onAbort?.();
  }
}

/** `target` with a query parameter added; an absent value leaves it out. */
export function withQuery(target: string, name: string, value: string | undefined): string {
  if (value === undefined) return target;
  return `${target}${target.includes("?") ? "&" : "?"}${percentEncode(name)}=${percentEncode(value)}`;
}

/** Escapes each segment of a path of several. */
export function encodePathRest(text: string): string {
  return text.split("/").map(percentEncode).join("/");
}

/** Runs `each` over the items, `atOnce` at a time; the results in order, or the failure of the earliest item that failed. */
export async function gather<T, U>(
  items: readonly T[],
  atOnce: number,
  each: (item: T) => U | Failure | Promise<U | Failure>,
): Promise<U[] | Failure> {
  const results = new Array<U>(items.length);
  let failedAt = items.length;
  let failure: Failure | null = null;
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length && failure === null) {
      const index = next++;
      const result = await each(items[index]!);
      if (!(result instanceof Failure)) results[index] = result;
      else if (index < failedAt) {
        failedAt = index;
        failure = result;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, atOnce) }, work));
  return failure ?? results;
}

/** The failures that a program makes itself. */
export function failureOf(kind: FailureKind): Failure {
  if (kind === "refused") return new Failure(kind, 403, "requirement-failed", "a requirement does not hold");
  if (kind === "limited") return new Failure(kind, 429, "rate-limited", "a limit is used up");
  if (kind === "invalid") return new Failure(kind, 400, "invalid-value", "a value is out of its range");
  return new Failure(kind, 500, "absent-value", "a value that is needed is absent");
}
