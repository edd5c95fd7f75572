/** Gateways in the test's own process, made from a program's text: each test says what is its own. */
import { emit } from "../../compiler/6-emit/index.ts";
import { bundle } from "../../compiler/7-bundle/index.ts";
import { startGateway } from "../../runtime/host/index.ts";
import { planOf } from "../conformance/program.ts";

export type GatewayHere = Awaited<ReturnType<typeof startGateway>>;
type Given = Omit<Parameters<typeof startGateway>[0], "source" | "overrides" | "requireFast">;

let programs = 0;

/** The bundle's code. Plans are kept by path, and the places of servers stand in them, so each has a path of its own. */
export async function codeOf(program: string): Promise<string> {
  const plan = planOf({
    path: `in-process-${++programs}.vgw`,
    title: "",
    rule: "",
    program,
    files: new Map(),
    environment: {},
    upstreams: new Map(),
    cases: [],
  });
  return (await bundle(plan, emit(plan))).code;
}

/** With one thread and one listener, on a port that is free; it does not wait for anybody when it ends. */
export function startCode(code: string, transport: "fast" | "strict", given: Given): Promise<GatewayHere> {
  return startGateway({
    ...given,
    source: { code },
    overrides: { listen: [{ address: "127.0.0.1", port: 0, transport }], threads: 1, drain: 0 },
    requireFast: transport === "fast",
  });
}

/** What the gateway wrote. */
export function recordsIn(lines: string): { readonly [field: string]: unknown }[] {
  return lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
