/** What goes wrong with an upstream, as failures: kind, code and status for each cause, in one place. */
import { ERRORS, type ErrorCode } from "../errors.ts";
import { Failure, type FailureKind } from "../failure.ts";
import type { UpstreamError } from "./client.ts";
import { explainFault } from "./tls-fault.ts";

function make(kind: FailureKind, code: ErrorCode, detail: string): Failure {
  return new Failure(kind, ERRORS[code].status, code, detail);
}

/** A connection that is not established in time is kind "connect": nothing was sent, which is what matters to a retry. */
export function failureOf(error: UpstreamError, service: string): Failure {
  switch (error.kind) {
    case "connect":
      return make("connect", "upstream-unreachable", `${service}: no connection (${explainFault(error.detail)})`);
    case "closed":
      return make("protocol", "upstream-closed", `${service}: connection lost (${explainFault(error.detail)})`);
    case "malformed":
      return make("protocol", "upstream-malformed", `${service}: not a valid response (${error.detail})`);
    case "stalled":
      return make("timeout", "upstream-timeout", `${service}: the body stood still`);
    case "unsendable":
      return make("protocol", "upstream-unsendable", `${service}: ${error.detail}`);
  }
}

export function timedOut(service: string): Failure {
  return make("timeout", "upstream-timeout", `${service}: no answer in time`);
}

export function deadlinePassed(service: string): Failure {
  return make("timeout", "deadline-exceeded", `${service}: the route's deadline passed`);
}

export function overloaded(service: string): Failure {
  return make("overload", "upstream-overloaded", `${service}: every connection is in use`);
}

/** The breaker is open. */
export function open(service: string): Failure {
  return make("overload", "upstream-open", `${service}: the breaker is open`);
}

/** The service belongs to a generation that has been discarded. */
export function closed(service: string): Failure {
  return make("overload", "upstream-overloaded", `${service}: is being shut down`);
}

export function bodyTooLarge(): Failure {
  return make("invalid", "body-too-large", "the request's body is longer than allowed");
}

export function bodyMalformed(): Failure {
  return make("invalid", "body-malformed", "the request's body is not framed correctly");
}

export function answerTooLarge(service: string, limit: number): Failure {
  return make("protocol", "upstream-answer-too-large", `${service}: the answer exceeds ${limit} bytes`);
}

export function statusFailure(service: string, status: number): Failure {
  return new Failure("status", status, "upstream-status", `${service}: status ${status}`);
}

/** The program threw while it looked at an upstream's head. */
export function programFailed(error: unknown): Failure {
  return make("invalid", "program-failed", error instanceof Error ? error.message : String(error));
}

/** The client's connection cannot carry a WebSocket. */
export function notUpgradable(): Failure {
  return make("invalid", "websocket-malformed", "this connection cannot become a WebSocket");
}

/** Nobody is there to read the answer; never becomes a response. */
export function clientLeft(): Failure {
  return new Failure("refused", 499, "client-left", "the client went away");
}

/** A `together` that ended without needing this call's answer; never becomes a response. */
export function aborted(): Failure {
  return new Failure("refused", 499, "call-aborted", "the call was no longer needed");
}

/** A value put into the path would lead out of it ("..", see `hasDotSegment`). */
export function pathLeft(): Failure {
  return new Failure("invalid", 400, "target-malformed", "a value in the path is a dot segment");
}
