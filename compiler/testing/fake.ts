/** Faked services: which request a fake is for, and what it answers. */
import type { IncomingAnswer, OutgoingRequest } from "../5-plan/interpreter/index.ts";

export interface Fake {
  readonly service: string;
  /** Upper case. */
  readonly method: string;
  /** A path, with its query where it has a "?"; "*" stands for any text. */
  readonly pattern: string;
  readonly answer: IncomingAnswer | ((request: OutgoingRequest) => IncomingAnswer);
}

/** One request that a service got. */
export interface Sent {
  readonly service: string;
  readonly request: OutgoingRequest;
}

/** The latest `given` that fits. */
export function fakeFor(fakes: readonly Fake[], service: string, request: OutgoingRequest): Fake | null {
  const fits = (fake: Fake): boolean =>
    fake.service === service && fake.method === request.method && patternMatches(fake.pattern, request.target);
  return fakes.findLast(fits) ?? null;
}

export function answerOf({ answer }: Fake, request: OutgoingRequest): IncomingAnswer {
  return typeof answer === "function" ? answer(request) : answer;
}

/** A pattern without a query is for every query. */
export function patternMatches(pattern: string, target: string): boolean {
  const text = pattern.includes("?") ? target : (target.split("?", 1)[0] ?? "");
  const [first = "", ...others] = pattern.split("*");
  if (others.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  const last = others.pop() ?? "";
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length >= at + last.length && text.endsWith(last);
}
