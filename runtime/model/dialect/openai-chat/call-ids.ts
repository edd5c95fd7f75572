/** Identifiers of tool calls for servers that take nine letters and digits only (Mistral): each gets its own, the same in every request of a conversation. */
import { createHash } from "node:crypto";
import type { ModelRequest } from "../../canonical/request.ts";

const SHORT = /^[A-Za-z0-9]{9}$/;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** One to one for the calls of this request: two that differ stay two. An identifier that fits stays as it is. */
export function shortCallIds(request: ModelRequest): (id: string) => string {
  const taken = new Set<string>();
  const long = new Set<string>();
  for (const { parts } of request.turns) {
    for (const part of parts) {
      if (part.type === "tool-call" || part.type === "tool-result") (SHORT.test(part.id) ? taken : long).add(part.id);
    }
  }
  const short = new Map<string, string>();
  for (const id of long) {
    let next = 0;
    let candidate = shorten(id, next);
    while (taken.has(candidate)) candidate = shorten(id, ++next);
    taken.add(candidate);
    short.set(id, candidate);
  }
  return (id) => short.get(id) ?? id;
}

function shorten(id: string, attempt: number): string {
  const digest = createHash("sha256").update(`${attempt}:${id}`).digest();
  let text = "";
  for (let index = 0; index < 9; index++) text += LETTERS[(digest[index] ?? 0) % LETTERS.length];
  return text;
}
