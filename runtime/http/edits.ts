/** The response headers that a program set or removed, applied to whatever answer leaves. */
import type { Headers, ResponseEdits } from "./exchange.ts";

/** A new array: the changes in their order; "set" puts the field where it first stood, or last. */
export function applyEdits(headers: Headers, edits: ResponseEdits): Headers {
  let result = headers.slice();
  for (const { kind, name, value } of edits.changes) {
    if (kind === "add") {
      if (value !== null) result.push(name, value);
      continue;
    }
    let placed = value === null;
    const next: Headers = [];
    for (let index = 0; index < result.length; index += 2) {
      if (result[index] !== name) next.push(result[index]!, result[index + 1]!);
      else if (!placed) {
        next.push(name, value!);
        placed = true;
      }
    }
    if (!placed) next.push(name, value!);
    result = next;
  }
  return result;
}
