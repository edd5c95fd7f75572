/** Problem details (RFC 9457) of admin calls, made from the codes of refused starts and swaps. */
import type { ServerResponse } from "node:http";
import { PROBLEM_MEDIA_TYPE } from "../http/problem.ts";
import { START_CODES, type StartCode } from "../start-codes.ts";
import { StartError } from "../start-error.ts";

export interface AdminProblem {
  readonly code: StartCode;
  readonly detail: string;
  /** One line each. */
  readonly problems: readonly string[];
}

export function problemOf(error: unknown): AdminProblem {
  if (error instanceof StartError && isStartCode(error.code)) {
    return { code: error.code, detail: `${error.message}. ${error.next}`, problems: error.problems };
  }
  // What it was is in the log; the caller gets no stack.
  return { code: "admin-failed", detail: error instanceof Error ? error.message : String(error), problems: [] };
}

export function answerProblem(
  response: ServerResponse,
  code: StartCode,
  detail: string,
  problems: readonly string[],
): void {
  const { status, title } = START_CODES[code];
  const body = {
    type: `urn:vgw:problem:${code}`,
    title,
    status,
    detail,
    code,
    ...(problems.length > 0 && { problems }),
  };
  response.writeHead(status, {
    "content-type": PROBLEM_MEDIA_TYPE,
    "cache-control": "no-store",
    ...(code === "admin-token" && { "www-authenticate": 'Bearer realm="vgw admin"' }),
    // What was not read of a refused body must not be taken for the next request.
    ...(code === "admin-size" && { connection: "close" }),
  });
  response.end(JSON.stringify(body));
}

function isStartCode(code: string): code is StartCode {
  return Object.hasOwn(START_CODES, code);
}
