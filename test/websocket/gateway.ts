/** A program, from its source, as a running gateway in this process; what it logs; and what must be closed when a test ends. */
import { checkProgram } from "../../compiler/3-types/index.ts";
import { analyse } from "../../compiler/4-analysis/index.ts";
import { compile } from "../../compiler/build.ts";
import { loadProgram } from "../../compiler/workspace/index.ts";
import { type Gateway, startGateway } from "../../runtime/host/index.ts";
import { metricsText } from "../../runtime/observe/exposition.ts";

export type TransportName = "strict" | "fast";

export interface Started {
  readonly gateway: Gateway;
  readonly port: number;
  /** Log lines so far. */
  readonly lines: readonly LogLine[];
  /** Resolves to the first line that fits, once it is there. */
  logged(fits: (line: LogLine) => boolean): Promise<LogLine>;
  /** A counter's or gauge's value, all labels that contain `label` together. */
  metric(name: string, label?: string): Promise<number>;
  /** Swaps to another program on the same listener. */
  swap(source: string): Promise<void>;
}

export type LogLine = { readonly [field: string]: unknown };

const bundles = new Map<string, Promise<{ readonly code: string }>>();

/** The bundle of a program without errors, made once. */
export function bundleOf(source: string): Promise<{ readonly code: string }> {
  let made = bundles.get(source);
  if (made === undefined) {
    const loaded = loadProgram("main.vgw", (path) => (path === "main.vgw" ? source : null));
    const checked = checkProgram(loaded);
    const found = [...loaded.diagnostics, ...checked.diagnostics, ...analyse(checked)];
    const errors = found.filter(({ severity }) => severity === "error");
    if (errors.length > 0) throw new Error(errors.map(({ code, message }) => `${code}: ${message}`).join("\n"));
    made = compile(checked);
    bundles.set(source, made);
  }
  return made;
}

/** `endpoints` by service. `close` is called with what ends the gateway. */
export async function startProgram(
  source: string,
  transport: TransportName,
  endpoints: Record<string, readonly string[]>,
  close: (end: () => Promise<unknown>) => void,
): Promise<Started> {
  const lines: LogLine[] = [];
  let waiting: (() => void)[] = [];
  const gateway = await startGateway({
    source: { code: (await bundleOf(source)).code },
    environment: {},
    overrides: { listen: [{ address: "127.0.0.1", port: 0, transport }], admin: null, threads: 1, endpoints },
    requireFast: transport === "fast",
    write: (text) => {
      for (const line of text.split("\n")) if (line !== "") lines.push(JSON.parse(line));
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
  });
  close(() => gateway.close(0));
  return {
    gateway,
    port: gateway.listeners[0]?.port ?? 0,
    lines,
    logged: async (fits) => {
      for (;;) {
        const found = lines.find(fits);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    metric: async (name, label = "") => {
      const text = await metricsText(await gateway.metrics());
      const values = text.split("\n").filter((line) => line.startsWith(`${name}{`) && line.includes(label));
      return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
    },
    swap: async (next) => {
      await gateway.swap({ code: (await bundleOf(next)).code, map: null });
    },
  };
}
