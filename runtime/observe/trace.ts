/** W3C Trace Context (https://www.w3.org/TR/trace-context/): reading `traceparent`, and making identifiers. */
import { randomFillSync } from "node:crypto";

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;

export interface TraceParent {
  readonly traceId: string;
  readonly parentId: string;
  /** Two hexadecimal digits; bit 0: sampled. */
  readonly flags: string;
}

/** Null where the field must be ignored (§3.2.2: malformed, version ff, all-zero identifiers). */
export function parseTraceparent(value: string): TraceParent | null {
  if (!TRACEPARENT.test(value)) return null;
  const version = value.slice(0, 2);
  if (version === "ff" || (version === "00" && value.length !== 55)) return null;
  const traceId = value.slice(3, 35);
  const parentId = value.slice(36, 52);
  if (isZero(traceId) || isZero(parentId)) return null;
  return { traceId, parentId, flags: value.slice(53, 55) };
}

export function formatTraceparent(traceId: string, spanId: string, flags: string): string {
  return `00-${traceId}-${spanId}-${flags}`;
}

// Random bytes are drawn 4 KiB at a time, and identifiers are slices of their text: one call for some 170 requests.
const pool = Buffer.allocUnsafe(4096);
let text = "";
let used = 0;

function randomHex(digits: number): string {
  if (used + digits > text.length) {
    text = randomFillSync(pool).toString("hex");
    used = 0;
  }
  used += digits;
  return text.slice(used - digits, used);
}

export function newTraceId(): string {
  const id = randomHex(32);
  return isZero(id) ? newTraceId() : id;
}

export function newSpanId(): string {
  const id = randomHex(16);
  return isZero(id) ? newSpanId() : id;
}

function isZero(id: string): boolean {
  for (let index = 0; index < id.length; index++) if (id.charCodeAt(index) !== 0x30) return false;
  return true;
}
