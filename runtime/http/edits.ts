/** The response headers that a program set or removed, applied to whatever answer leaves. */
import type { Headers, ResponseEdits } from "./exchange.ts";

/** A new array: the changes in their order; "set" puts the field where it first stood, or last. */
export function applyEdits(headers: Headers, edits: ResponseEdits): Headers {
  const result = headers.slice();
  for (const { kind, name, value } of edits.changes) {
    if (kind === "add") {
      if (value !== null) result.push(name, value);
      continue;
    }
    const first = indexOf(result, name, 0);
    if (first < 0) {
      if (value !== null) result.push(name, value);
    } else if (value === null) {
      removeFrom(result, name, first);
    } else {
      result[first + 1] = value;
      const second = indexOf(result, name, first + 2);
      if (second >= 0) removeFrom(result, name, second);
    }
  }
  return result;
}

function indexOf(headers: Headers, name: string, from: number): number {
  for (let index = from; index < headers.length; index += 2) if (headers[index] === name) return index;
  return -1;
}

/** Takes the fields of this name out, of which the first stands at `from`. */
function removeFrom(headers: Headers, name: string, from: number): void {
  let kept = from;
  for (let index = from; index < headers.length; index += 2) {
    if (headers[index] === name) continue;
    headers[kept] = headers[index]!;
    headers[kept + 1] = headers[index + 1]!;
    kept += 2;
  }
  headers.length = kept;
}
