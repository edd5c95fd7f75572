/** Whether what a client saw is what may have come of its case; says what is wrong. */
import { ERRORS } from "../../runtime/errors.ts";
import type { Expectation } from "./answers.ts";
import type { Case } from "./case.ts";
import type { ClientAnswer } from "./client-connection.ts";
import { contentOf, jsonOf } from "./content.ts";

/** Short, for the summary: what came of it. */
export type Outcome = "right" | "cut" | "bytes" | "status" | `problem ${string}` | "closed" | "left";

export interface Verdict {
  readonly outcome: Outcome;
  readonly violation: string | null;
  /** The request that it is about, where the case has several; else the case's. */
  readonly id?: number;
}

const good = (outcome: Outcome): Verdict => ({ outcome, violation: null });
const bad = (outcome: Outcome, violation: string): Verdict => ({ outcome, violation });

/** Problems of what the client sent, or of how it came. */
const CLIENT_PROBLEMS = new Set([400, 408, 411, 413, 414, 417, 431, 501, 505]);

/** An answer to a request that was sent in order and whole. */
export function judgeAnswer(it: Case, id: number, expect: Expectation, answer: ClientAnswer | null): Verdict {
  // Where the answer is cut before its head has left.
  if (answer === null) return expect.cut === true ? good("cut") : bad("closed", "closed without an answer");
  const mixed = mixedUp(it, id, answer);
  if (mixed !== null) return bad("right", mixed);
  if (isProblem(answer)) return judgeProblem(it, expect, answer);
  // The words of the call's `else`.
  if (it.service === "json" && answer.status === 502 && answer.body.toString() === "Away.") {
    return expect.right === true ? bad("status", "the call failed") : good("status");
  }
  if (expect.status === answer.status && answer.body.length === 0 && answer.whole) return good("status");
  if (answer.status !== 200) return bad("status", `status ${answer.status}`);
  const meant = meantBody(it, id);
  if (!answer.whole)
    return expect.cut === true ? good("cut") : bad("cut", `cut after ${answer.body.length} of ${meant.length} bytes`);
  if (expect.bytes !== undefined) {
    return answer.body.length === expect.bytes || it.service === "replaced"
      ? good("bytes")
      : bad("bytes", `${answer.body.length} bytes in the place of ${expect.bytes}`);
  }
  if (expect.right !== true && it.service !== "replaced")
    return bad("right", "a whole answer, which the upstream did not give");
  if (it.method !== "HEAD" && answer.body.length !== meant.length) {
    return bad("right", `${answer.body.length} bytes as a whole answer in the place of ${meant.length}`);
  }
  return good("right");
}

/** An answer to what was no whole request, or none at all. */
export function judgeRefusal(answer: ClientAnswer | null): Verdict {
  if (answer === null) return good("closed");
  if (!CLIENT_PROBLEMS.has(answer.status)) return bad("right", `status ${answer.status} for what was no request`);
  return good(`problem ${answer.status}`);
}

/** What a client saw that went away: nothing that is another's. */
export function judgePart(it: Case, id: number, answer: ClientAnswer | null): Verdict {
  const mixed = answer === null ? null : mixedUp(it, id, answer);
  return mixed === null ? good("left") : bad("left", mixed);
}

function judgeProblem(it: Case, expect: Expectation, answer: ClientAnswer): Verdict {
  const code = codeOf(answer);
  const outcome: Outcome = `problem ${code}`;
  const allowed = [...(expect.problems ?? []), ...(SERVICE_PROBLEMS[it.service.replace(/^brisk.$/, "brisk")] ?? [])];
  // An answer to HEAD has no body to name the code in.
  if (allowed.some((name) => name === code || (it.method === "HEAD" && statusOf(name) === answer.status)))
    return good(outcome);
  return bad(outcome, `problem ${answer.status} ${code}: ${answer.body.toString("latin1").slice(0, 200)}`);
}

/** What may come of any request to these. */
const SERVICE_PROBLEMS: { readonly [service: string]: readonly string[] } = {
  narrow: ["upstream-overloaded"],
  // It waits for so short a time that a busy machine is too slow for it.
  hasty: ["upstream-timeout"],
  // Who comes behind one that is late is late.
  brisk: ["upstream-timeout"],
  refused: ["upstream-unreachable"],
  wire: ["upstream-closed", "upstream-malformed", "upstream-timeout"],
};

function statusOf(code: string): number | undefined {
  return Object.entries(ERRORS).find(([name]) => name === code)?.[1].status;
}

function codeOf(answer: ClientAnswer): string {
  if (answer.body.length === 0) return String(answer.status);
  return /"code":"([^"]+)"/.exec(answer.body.toString("latin1"))?.[1] ?? String(answer.status);
}

function isProblem(answer: ClientAnswer): boolean {
  return answer.fields.get("content-type")?.startsWith("application/problem+json") === true;
}

/** Something that is another request's, or nobody's. */
function mixedUp(it: Case, id: number, answer: ClientAnswer): string | null {
  if (isProblem(answer) || answer.status >= 400) return null;
  const named = answer.fields.get("x-case");
  if (named !== undefined && named !== String(id)) return `the answer to ${named}`;
  const upload = answer.fields.get("x-upload");
  if (upload === "wrong") return "its upload came through damaged";
  if (upload === "none" && it.upload !== null && it.upload > 0 && it.answer !== "early") return "its upload was lost";
  const meant = meantBody(it, id);
  const { body } = answer;
  if (body.length > meant.length || !meant.subarray(0, body.length).equals(body)) {
    return `other bytes than its own: ${JSON.stringify(body.toString("latin1").slice(0, 60))}`;
  }
  return null;
}

function meantBody(it: Case, id: number): Buffer {
  if (it.service === "json") return Buffer.from(jsonOf(id, it.size));
  if (it.service === "replaced") return Buffer.from(`replaced ${id}`);
  return contentOf("answer", id, it.size);
}
