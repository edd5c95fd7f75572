/** The driver that builds a bundle and asks it over a real socket, with real fake upstreams on loopback. */
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emit } from "../../compiler/6-emit/index.ts";
import { bundle } from "../../compiler/7-bundle/index.ts";
import type { Plan } from "../../compiler/5-plan/plan.ts";
import { startGateway } from "../../runtime/host/index.ts";
import type { CaseFile, CaseRequest, Driver, ExpectedLog, Running, Seen, SeenCall } from "./case.ts";
import { exchange, requestBytes } from "./client.ts";
import { planOf } from "./program.ts";
import { type FakeUpstream, startUpstream } from "./upstream.ts";

const bundles = new Map<string, Promise<string>>();

function bundleOf(file: CaseFile, plan: Plan, isChanged: boolean): Promise<string> {
  const make = async (): Promise<string> => (await bundle(plan, emit(plan))).code;
  if (isChanged) return make();
  let code = bundles.get(file.path);
  if (code === undefined) {
    code = make();
    bundles.set(file.path, code);
  }
  return code;
}

export function gatewayDriver(transport: "strict" | "fast", change: ((plan: Plan) => Plan) | null = null): Driver {
  return {
    name: transport,
    start: async (file) => {
      const plan = planOf(file);
      const code = await bundleOf(file, change === null ? plan : change(plan), change !== null);
      return start(file, code, transport);
    },
  };
}

async function start(file: CaseFile, code: string, transport: "strict" | "fast"): Promise<Running> {
  let calls: SeenCall[] = [];
  let logs: ExpectedLog[] = [];
  const upstreams: FakeUpstream[] = [];
  /** Told of each call: when its connection has closed. */
  let heard = (_closed: Promise<void>): void => {};
  const endpoints: Record<string, readonly string[]> = {};
  for (const [service, behaviours] of file.upstreams) {
    const upstream = await startUpstream(service, behaviours, (call, closed) => {
      calls.push(call);
      heard(closed);
    });
    upstreams.push(upstream);
    endpoints[service] = [upstream.origin];
  }
  // Where a program with budgets keeps what was spent.
  const files = mkdtempSync(join(tmpdir(), "vgw-conformance-"));
  const gateway = await startGateway({
    source: { code },
    environment: file.environment,
    files,
    overrides: {
      listen: [{ address: "127.0.0.1", port: 0, transport }],
      admin: null,
      threads: 1,
      endpoints,
      accessLog: false,
      drain: 0,
    },
    requireFast: transport === "fast",
    // As the interpreter's clock: what limits say does not depend on how quick this machine is.
    injected: { now: () => Date.UTC(2026, 2, 1, 3) },
    write: (text) => {
      for (const line of text.split("\n")) if (line !== "") note(JSON.parse(line), logs);
    },
  });
  const port = gateway.listeners[0]?.port ?? 0;
  /**
   * Resolves when an upstream has heard of the request, or it was answered without one; what it gives lets its client go, and waits until
   * the gateway has noticed.
   */
  const beside = async (port: number, request: CaseRequest): Promise<() => Promise<void>> => {
    const closing = new Promise<Promise<void>[]>((resolve) => {
      heard = (closed) => resolve([closed]);
    });
    const socket = connect({ port, host: "127.0.0.1", localAddress: request.from, noDelay: true });
    socket.write(requestBytes(request));
    socket.once("data", () => heard(Promise.resolve()));
    const [closed] = await closing;
    heard = () => {};
    return async () => {
      socket.destroy();
      await closed;
    };
  };
  return {
    send: async (request): Promise<Seen> => {
      calls = [];
      logs = [];
      for (const upstream of upstreams) upstream.begin();
      const leave = request.beside === null ? null : await beside(port, request.beside);
      calls = [];
      const answer = await exchange(port, request);
      await leave?.();
      // Log lines are written in batches, off the request path.
      await new Promise((resolve) => setTimeout(resolve, file.program.includes("log ") ? 150 : 0));
      return { answer, calls, logs };
    },
    stop: async () => {
      await gateway.close(0);
      for (const upstream of upstreams) await upstream.stop();
      rmSync(files, { recursive: true, force: true });
    },
  };
}

/** Only what `log` steps wrote: those lines name a route. */
function note(line: unknown, logs: ExpectedLog[]): void {
  if (typeof line !== "object" || line === null || !("level" in line) || !("route" in line)) return;
  const value = "fields" in line ? line.fields : "message" in line ? line.message : null;
  logs.push({ level: String(line.level), value });
}
