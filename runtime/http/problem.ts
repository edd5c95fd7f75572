/** Problem details (RFC 9457): the body of every error that the gateway makes itself. */
import { ERRORS, type ErrorCode } from "../errors.ts";
import { type Failure, type Problem, publicDetail } from "../failure.ts";
import type { Exchange, Headers } from "./exchange.ts";
import { reasonPhrase } from "./status.ts";

export const PROBLEM_MEDIA_TYPE = "application/problem+json";
/** Shared; nobody may change it. */
export const PROBLEM_HEADERS: Headers = ["content-type", PROBLEM_MEDIA_TYPE];
/** Shared; nobody may change it. */
export const JSON_HEADERS: Headers = ["content-type", "application/json"];

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

function titleOf(status: number, code: string): string {
  return isErrorCode(code) ? ERRORS[code].title : reasonPhrase(status);
}

/**
 * The JSON text. `code` is one of `errors.ts` (another one gets the status's phrase as its title); `detail` null and
 * `problems` null are left out. Members in fixed order, so that texts compare equal.
 */
export function problemText(
  status: number,
  code: string,
  detail: string | null,
  problems: readonly Problem[] | null,
): string {
  const title = titleOf(status, code);
  return JSON.stringify({
    type: `urn:vgw:problem:${code}`,
    title,
    status,
    ...(detail === null ? {} : { detail }),
    code,
    ...(problems === null || problems.length === 0
      ? {}
      : { problems: problems.map((problem) => ({ path: problem.path, message: problem.message })) }),
  });
}

/** Answers with a problem, and with `headers` before its own; in the words of the clients, where they have others. */
export function answerProblem(
  exchange: Exchange,
  status: number,
  headers: Headers | null,
  code: string,
  detail: string | null,
  problems: readonly Problem[] | null,
): void {
  const { faults } = exchange;
  const own = faults === null ? PROBLEM_HEADERS : JSON_HEADERS;
  const text =
    faults === null
      ? problemText(status, code, detail, problems)
      : faults({ status, code, title: titleOf(status, code), detail, problems });
  exchange.respond(status, headers === null ? own : [...headers, ...own], text);
}

/** Answers with a problem and notes the code as the reason. */
export function replyProblem(
  exchange: Exchange,
  status: number,
  code: string,
  detail: string | null,
  problems: readonly Problem[] | null,
): void {
  exchange.reason = code;
  answerProblem(exchange, status, null, code, detail, problems);
}

/** A problem with the status that belongs to the code. */
export function replyError(exchange: Exchange, code: ErrorCode, detail: string | null): void {
  replyProblem(exchange, ERRORS[code].status, code, detail, null);
}

/** A failure that no `else` handles: its standard problem. `status` of a failure by status is the upstream's own, not ours. */
export function replyFailure(exchange: Exchange, failure: Failure): void {
  const status = failure.kind === "status" ? 502 : failure.status;
  exchange.detail = failure.detail;
  if (failure.challenge !== null) {
    exchange.reason = failure.code;
    const headers = ["www-authenticate", failure.challenge];
    answerProblem(exchange, status, headers, failure.code, publicDetail(failure), failure.problems);
  } else replyProblem(exchange, status, failure.code, publicDetail(failure), failure.problems);
}
