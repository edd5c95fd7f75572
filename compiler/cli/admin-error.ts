/** What can go wrong between `vgw` and a running gateway, each with a code for machines and a next step for people. */
import { CommandError, exit } from "./output.ts";

/** `code` is one of the gateway's own (`runtime/start-codes.ts`), or says what kept its answer from coming. */
export class AdminError extends CommandError {
  readonly code: string;
  /** Without the problems. */
  readonly summary: string;
  readonly problems: readonly string[];

  constructor(code: string, summary: string, exitCode: number, help: string, problems: readonly string[] = []) {
    super([summary, ...problems.map((problem) => `  - ${problem}`)].join("\n"), exitCode, help);
    this.code = code;
    this.summary = summary;
    this.problems = problems;
  }
}

/** A refusal as the admin listener words it. */
export interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly problems: readonly string[];
}

/** Refusals that lie in the bundle; everything else lies in the surroundings. */
const OF_THE_BUNDLE = new Set([
  "start-manifest",
  "start-hash",
  "start-abi",
  "start-language",
  "start-bundle",
  "start-setting",
  "swap-restart",
]);

export function refused(url: string, hasToken: boolean, { code, detail, problems }: Problem): AdminError {
  if (code === "admin-token") {
    const summary = hasToken ? `the gateway at ${url} does not take this token` : `the gateway at ${url} wants a token`;
    const help =
      "put the value of the gateway's `token: secret(…)` into VGW_ADMIN_TOKEN, or into a file for --token-file";
    return new AdminError(code, summary, exit.environment, help);
  }
  if (code === "swap-restart") {
    return new AdminError(
      code,
      `the gateway refused (${code}): its sockets and threads are made from what the bundle changes`,
      exit.program,
      "the old generation serves on. Put the new folder in place of the gateway's own and restart it (SIGTERM drains)",
      problems,
    );
  }
  return new AdminError(
    code,
    `the gateway refused (${code}): ${detail}`,
    OF_THE_BUNDLE.has(code) ? exit.program : exit.environment,
    "nothing has changed: what served before serves on",
    problems,
  );
}

/** `changing`: the call may have been carried out although no answer came. */
export function unanswered(url: string, changing: boolean, error: unknown): AdminError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  // Where a name has two addresses, the error of both has a code and no message.
  const reason = cause instanceof Error ? cause.message || ("code" in cause ? String(cause.code) : cause.name) : "";
  if (changing) {
    return new AdminError(
      "no-answer",
      `the gateway at ${url} did not answer: ${reason}`,
      exit.environment,
      "it may have done what was asked: `vgw status` tells which generation serves",
    );
  }
  return new AdminError(
    "unreachable",
    `no gateway answers at ${url}: ${reason}`,
    exit.environment,
    'is it running, and does its program say `admin: http("127.0.0.1:9901", …)`? --admin or VGW_ADMIN name another address',
  );
}

export function notAdmin(url: string, path: string, status: number): AdminError {
  return new AdminError(
    "not-admin",
    `${url} is no gateway's admin listener: it answers ${path} with ${status} and nothing that a gateway says there`,
    exit.environment,
    "name the address of the program's `admin:` with --admin or VGW_ADMIN, not that of a listener in `listen:`",
  );
}

export function notServing(id: number): AdminError {
  return new AdminError(
    "not-serving",
    `the gateway took the bundle as generation ${id}, but its status does not show it`,
    exit.environment,
    "look again with `vgw status`; a balancer before several gateways may have sent the question to another one",
  );
}
