/** The differences that are allowed between the ways to run a program, each with its reason. Everything else is a fault. */
import type { Case, CaseFile, Driver } from "./case.ts";

export interface Difference {
  readonly driver: Driver["name"];
  /** Which cases it touches. */
  readonly applies: (one: Case, file: CaseFile) => boolean;
  readonly reason: string;
  /**
   * "skip": the case is not run on that driver. "may-close": the connection may be closed without an answer instead, and no
   * upstream may have heard of it. Names: only these header fields of the answer are not compared.
   */
  readonly effect: "skip" | "may-close" | readonly string[];
}

export const differencesAllowed: readonly Difference[] = [
  {
    driver: "interpreter",
    applies: (one) => one.request.raw !== null,
    reason: "It begins with a parsed request: framing and malformed heads are the transport's.",
    effect: "skip",
  },
  {
    driver: "interpreter",
    applies: (one) => one.answer.ends === "cut",
    reason: "It passes whole answers on: an answer that breaks off has no form there.",
    effect: "skip",
  },
  {
    driver: "interpreter",
    applies: (_one, file) => file.path === "forward/malformed-upstream.case",
    reason: "Its upstreams give parsed answers: what is no HTTP message has no form there.",
    effect: "skip",
  },
  {
    driver: "strict",
    applies: (one) => one.request.method === "get",
    reason:
      "Node's parser knows the registered methods only and refuses others with 501 (RFC 9110 §9.1), before any route is asked.",
    effect: "skip",
  },
  {
    driver: "fast",
    applies: (one) => one.request.raw !== null || one.request.method === "get",
    reason: "uWebSockets.js before 20.57 closes without an answer where its parser refuses a request.",
    effect: "may-close",
  },
  {
    driver: "interpreter",
    applies: (one) => one.request.method === "HEAD" || one.answer.status === 304,
    reason: "The length of a body that is not sent is the transport's to say.",
    effect: ["content-length"],
  },
];

export function allowed(driver: Driver["name"], one: Case, file: CaseFile): Difference | null {
  return differencesAllowed.find((each) => each.driver === driver && each.applies(one, file)) ?? null;
}
