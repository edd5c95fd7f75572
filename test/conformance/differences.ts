/** The differences that are allowed between the ways to run a program, each with its reason. Everything else is a fault. */
import type { Case, CaseFile, Driver } from "./case.ts";

export interface Difference {
  readonly driver: Driver["name"];
  /** Which cases it touches. */
  readonly applies: (one: Case, file: CaseFile) => boolean;
  readonly reason: string;
  /** Only these header fields of the answer are not compared; without them the case is not run on that driver. */
  readonly headers?: readonly string[];
}

export const differencesAllowed: readonly Difference[] = [
  {
    driver: "interpreter",
    applies: (one) => one.request.raw !== null,
    reason: "It begins with a parsed request: framing and malformed heads are the transport's.",
  },
  {
    driver: "interpreter",
    applies: (one) => one.answer.ends === "cut",
    reason: "It passes whole answers on: an answer that breaks off has no form there.",
  },
  {
    driver: "interpreter",
    applies: (one) => one.request.method === "HEAD" || one.answer.status === 304,
    reason: "The length of a body that is not sent is the transport's to say.",
    headers: ["content-length"],
  },
];

export function allowed(driver: Driver["name"], one: Case, file: CaseFile): Difference | null {
  return differencesAllowed.find((each) => each.driver === driver && each.applies(one, file)) ?? null;
}
