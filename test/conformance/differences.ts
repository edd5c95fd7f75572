/** The differences that are allowed between the ways to run a program, each with its reason. Everything else is a fault. */
import type { Case, CaseFile, Driver } from "./case.ts";

export interface Difference {
  readonly driver: Driver["name"];
  /** Which builds of uWebSockets.js; absent: all. */
  readonly builds?: (version: string) => boolean;
  /** Which cases it touches. */
  readonly applies: (one: Case, file: CaseFile) => boolean;
  readonly reason: string;
  /**
   * "skip": the case is not run on that driver. "may-close": the connection may be closed without an answer instead, and no
   * upstream may have heard of it. "refused": the same, or another status from 400 on. Names: only these header fields of the answer
   * are not compared.
   */
  readonly effect: "skip" | "may-close" | "refused" | readonly string[];
}

/** Answers what its parser refuses; the older one closes. */
const isCurrent = (version: string): boolean => version.startsWith("20.57.");

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
    driver: "interpreter",
    applies: (_one, file) => file.path === "model/breaker.case",
    reason: "It has no time between requests, so no breaker opens there.",
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
    builds: (version) => !isCurrent(version),
    applies: (one) => one.request.raw !== null || one.request.method === "get",
    reason: "uWebSockets.js before 20.57 closes without an answer where its parser refuses a request.",
    effect: "may-close",
  },
  {
    driver: "fast",
    builds: isCurrent,
    applies: (one) => /^[A-Z]+ \* /.test(one.request.raw ?? ""),
    reason: "uWebSockets.js 20.57 answers 505 to every request line that is not in origin form.",
    effect: "refused",
  },
  {
    driver: "fast",
    builds: isCurrent,
    applies: (one) => /\r\n[0-9a-f]+;/i.test(one.request.raw ?? ""),
    reason:
      "uWebSockets.js takes a chunk extension for digits of the size, waits for bytes that do not come, and closes after 10 to 12 s.",
    effect: "may-close",
  },
  {
    driver: "interpreter",
    applies: (one) => one.request.method === "HEAD" || one.answer.status === 304,
    reason: "The length of a body that is not sent is the transport's to say.",
    effect: ["content-length"],
  },
];

export function allowed(driver: Driver, one: Case, file: CaseFile): Difference | null {
  const isMeant = ({ driver: name, builds }: Difference): boolean =>
    name === driver.name && (builds === undefined || builds(driver.build ?? ""));
  return differencesAllowed.find((each) => isMeant(each) && each.applies(one, file)) ?? null;
}
