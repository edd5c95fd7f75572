/** What ends a request: replies, denials, an upstream's answer, and the standard answer to a failure that nobody handled. */
import { Buffer } from "node:buffer";
import { ERRORS } from "../../../runtime/errors.ts";
import type { FaultWriter } from "../../../runtime/http/exchange.ts";
import { type Failure, publicDetail } from "../../../runtime/failure.ts";
import type { DenyStep, Origin, ReplyStep } from "../plan.ts";
import type { Answer } from "./call.ts";
import type { Context, Ending } from "./context.ts";
import { evaluate } from "./expression.ts";
import { firstHeader } from "./headers.ts";
import { answerHeaders } from "./hygiene.ts";
import { problemBody, problemTitle } from "./problem.ts";
import type { Scope } from "./scope.ts";
import { serialise } from "./serialise.ts";
import { headerText, textOf } from "./value.ts";

const encoder = new TextEncoder();
const NOTHING = new Uint8Array();

export function replied(step: ReplyStep, scope: Scope, context: Context): Ending {
  const { content, origin } = step;
  const end = (headers: string[], body: Uint8Array): Ending => {
    return { status: Number(evaluate(step.status, scope, context)), headers, body, reason: "reply", origin };
  };
  switch (content.kind) {
    case "empty":
      return end([], NOTHING);
    case "json": {
      const value = evaluate(content.value, scope, context);
      return end(["content-type", "application/json"], encoder.encode(serialise(value, content.type)));
    }
    case "text": {
      const value = evaluate(content.value, scope, context);
      return end(["content-type", content.mediaType], encoder.encode(textOf(value, content.value.type)));
    }
    case "bytes": {
      const value = evaluate(content.value, scope, context);
      return end(["content-type", content.mediaType], value instanceof Uint8Array ? value : NOTHING);
    }
    case "file":
      return end(["content-type", content.mediaType], new Uint8Array(Buffer.from(content.data, "base64")));
    case "redirect": {
      const location = String(evaluate(content.location, scope, context));
      return end(["location", headerText(location)], NOTHING);
    }
  }
}

export function denied(step: DenyStep, scope: Scope, context: Context): Ending {
  const status = Number(evaluate(step.status, scope, context));
  const given = step.detail === null ? undefined : evaluate(step.detail, scope, context);
  const detail = step.detail === null || given === undefined ? null : textOf(given, step.detail.type);
  return { ...problemEnding(status, "denied", detail, null, step.origin, context.faults), reason: "deny" };
}

/** The upstream's head as it goes to the client, before the program's changes. */
export function passedOn(answer: Answer, context: Context): { status: number; headers: readonly string[] } {
  // The length says what GET would have sent where nothing is sent (RFC 9110 §8.6); elsewhere the body has its own.
  const unsent = context.request.method === "HEAD" || answer.status === 304;
  const length = unsent ? firstHeader(answer.headers, "content-length") : undefined;
  const headers = answerHeaders(answer.headers);
  return { status: answer.status, headers: length === undefined ? headers : [...headers, "content-length", length] };
}

/** An upstream's own status (kind "status") is not the gateway's: the client gets 502. */
export function failed(failure: Failure, origin: Origin | null, faults: FaultWriter | null): Ending {
  const status = failure.kind === "status" ? 502 : failure.status;
  const ending = problemEnding(status, failure.code, publicDetail(failure), failure.problems, origin, faults);
  if (failure.code === "websocket-version") {
    const spoken = ["sec-websocket-version", "13", "upgrade", "websocket", "connection", "Upgrade"];
    return { ...ending, headers: [...spoken, ...ending.headers] };
  }
  if (failure.challenge === null) return ending;
  return { ...ending, headers: ["www-authenticate", failure.challenge, ...ending.headers] };
}

export function gatewayError(code: keyof typeof ERRORS, headers: readonly string[] = []): Ending {
  const ending = problemEnding(ERRORS[code].status, code, null, null, null, null);
  return { ...ending, headers: [...headers, ...ending.headers] };
}

function problemEnding(
  status: number,
  code: string,
  detail: string | null,
  problems: Failure["problems"],
  origin: Origin | null,
  faults: FaultWriter | null,
): Ending {
  if (faults !== null) {
    const text = faults({ status, code, title: problemTitle(status, code), detail, problems });
    return { status, headers: ["content-type", "application/json"], body: encoder.encode(text), reason: code, origin };
  }
  const body = problemBody({ status, code, detail, problems });
  return { status, headers: ["content-type", "application/problem+json"], body, reason: code, origin };
}
