/**
 * The admin listener: health, readiness, metrics, status, swap and rollback, on Node's `http` in the main thread, apart from the
 * listeners of the program.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { isLoopback, originAllowed } from "./loopback.ts";
import { listenError } from "../host/listen-error.ts";
import { StartError } from "../start-error.ts";
import { answerProblem, problemOf } from "./problem.ts";
import { route } from "./route.ts";
import type { AdminTarget } from "./target.ts";
import { createTokenCheck } from "./token.ts";

export interface AdminListener {
  readonly address: string;
  readonly port: number;
  /** Closes at once; admin calls under way are cut. */
  close(): Promise<void>;
}

export interface AdminOptions {
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
  /** null: only on a loopback address, and only to look. */
  readonly token: string | null;
}

/** Rejects with a `StartError`: "start-token", "start-listen". */
export async function openAdmin(options: AdminOptions, target: AdminTarget): Promise<AdminListener> {
  const { address, port, token } = options;
  if (token === null && !isLoopback(address)) {
    throw new StartError(
      "start-token",
      `the admin listener on ${address}:${port} can be reached from other machines and has no token`,
      [],
      'Give it one, `admin: http("…", token: secret("VGW_ADMIN_TOKEN"))`, or let it listen on 127.0.0.1.',
    );
  }
  const tokenMatches = token === null ? null : createTokenCheck(token);

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // A page in a browser on this machine must not reach it, by a name that resolves here or by a cross-origin call.
    if (tokenMatches === null && !originAllowed(request)) {
      return answerProblem(response, "admin-origin", "Call it by its address, without an Origin field.", []);
    }
    await route(request, response, { target, tokenMatches });
  };

  const server = createServer({ requestTimeout: 60_000, headersTimeout: 10_000 }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) return response.destroy();
      const { code, detail, problems } = problemOf(error);
      answerProblem(response, code, detail, problems);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(listenError(address, port, error)));
    server.listen({ host: address, port }, resolve);
  });
  const bound = server.address();
  return {
    address,
    port: bound !== null && typeof bound === "object" ? bound.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
