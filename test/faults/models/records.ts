/** The access log's records as they come, by their traces: each is asked for once. */
import { until } from "../../e2e/support.ts";
import type { ProbedGateway } from "../gateway-process.ts";

export type AccessRecord = { readonly [field: string]: unknown };

export class Records {
  readonly #byTrace = new Map<string, string>();
  #rest = "";

  constructor({ running }: ProbedGateway) {
    for (const stream of [running.child.stdout, running.child.stderr])
      stream?.on("data", (data: Buffer) => this.#read(data.toString()));
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const trace = /"trace_id":"([0-9a-f]{32})"/.exec(line)?.[1];
      if (trace !== undefined) this.#byTrace.set(trace, line);
    }
  }

  async take(trace: string): Promise<AccessRecord> {
    await until(
      () => this.#byTrace.has(trace),
      () => `no record of ${trace}`,
      30_000,
    );
    const line = this.#byTrace.get(trace) ?? "{}";
    this.#byTrace.delete(trace);
    return JSON.parse(line);
  }
}
