/** Drives so many cases through a gateway with models, judges each, and at the end whether all is as it was: sockets, timers, heap, and every amount of money settled. */
import { build, temporaryFolder, until } from "../../e2e/support.ts";
import { type Alive, type ProbedGateway, probedGateway } from "../gateway-process.ts";
import { type CampaignOptions, compareAlive, MOST_VIOLATIONS, type Report, WARM_UP_FROM } from "../campaign.ts";
import { caseOf, described } from "./case.ts";
import { ask, traceOf } from "./clients.ts";
import { wrongWith } from "./judge.ts";
import { checkBooks, costOf } from "./books.ts";
import { Records } from "./records.ts";
import { secretsIn } from "./secrets.ts";
import { program } from "./program.ts";
import { type HostileProvider, hostileProvider } from "./provider.ts";

export type ModelCampaignOptions = Omit<CampaignOptions, "rate" | "signal">;
export type ModelReport = Omit<Report, "pipelined" | "excused">;

const WARM_UP = 300;

export async function modelCampaign(options: ModelCampaignOptions): Promise<ModelReport> {
  const folder = temporaryFolder();
  const provider = await hostileProvider(options.seed);
  const artifact = build(folder.path, program(options.transport, provider.origin));
  const gateway = await probedGateway(artifact, { KEY: "sk-gateway-secret", LEDGER: `${folder.path}/ledger` });
  const field: Field = { gateway, provider, records: new Records(gateway) };
  const violations: string[] = [];
  const outcomes = new Map<string, number>();
  try {
    if (options.requests > 1)
      await drive(field, { ...options, from: WARM_UP_FROM, requests: WARM_UP }, new Map(), violations);
    const before = await settled(field, violations);
    await drive(field, options, outcomes, violations);
    const after = await settled(field, violations);
    if (options.requests > 1) compareAlive(before, after, violations);
    violations.push(...(await checkBooks(gateway)), ...provider.violations.slice(0, 5));
    violations.push(...(await secretsIn(gateway, [folder.path])));
    const output = gateway.running.output();
    for (const word of ["supervisor.restart", "process.uncaught"]) {
      const at = output.indexOf(word);
      if (at !== -1) violations.push(`the log holds ${word}: ${output.slice(Math.max(0, at - 500), at + 500)}`);
    }
    const done = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
    return { violations, done, outcomes, asked: provider.asked, before, after };
  } finally {
    await gateway.stop();
    await provider.stop();
    folder.remove();
  }
}

interface Field {
  readonly gateway: ProbedGateway;
  readonly provider: HostileProvider;
  readonly records: Records;
}

async function drive(
  { gateway, provider, records }: Field,
  { seed, from, requests, atOnce, wrong, progress }: ModelCampaignOptions,
  outcomes: Map<string, number>,
  violations: string[],
): Promise<void> {
  let next = 0;
  let done = 0;
  const tell = (violation: string): void => {
    violations.push(violation);
    wrong?.(violation);
  };
  const worker = async (): Promise<void> => {
    while (next < requests && violations.length < MOST_VIOLATIONS) {
      const it = caseOf(seed, from + next++);
      try {
        let heard = await ask(gateway.port, it);
        let violation = wrongWith(it, heard, provider.played(it.index)?.sound ?? []);
        // Whoever plays the provider may have been kept waiting by the machine; what is wrong is wrong again.
        for (let again = 0; again < 2 && violation.startsWith("an error for a sound answer: 504"); again++) {
          heard = await ask(gateway.port, it);
          violation = wrongWith(it, heard, provider.played(it.index)?.sound ?? []);
        }
        const played = provider.played(it.index);
        const outcome =
          heard.status === null
            ? it.way
            : heard.status !== 200
              ? String(heard.status)
              : heard.answer !== null && "parts" in heard.answer
                ? "answered"
                : "error in the stream";
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        if (violation !== "") tell(`case ${it.index} ${described(it)}: ${violation}`);
        else if (heard.status !== null) {
          const paid = await records.take(traceOf(it.index));
          const unpaid = costOf(it, paid, played?.accepted ?? 0, heard);
          if (unpaid !== "") tell(`case ${it.index} ${described(it)}: ${unpaid}`);
        }
      } catch (error) {
        tell(`case ${it.index} ${described(it)}: ${error instanceof Error ? error.message : String(error)}`);
      }
      provider.forget(it.index);
      if (++done % 5000 === 0) await progress?.(done, () => gateway.alive());
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Nothing is under way, and the providers have closed: what is open and alive now is what stays. */
async function settled({ gateway, provider }: Field, violations: string[]): Promise<Alive> {
  let seen = "";
  await until(
    async () => {
      const metrics = await gateway.metrics();
      if (metrics.get("vgw_requests_in_flight") === 0) provider.closeConnections();
      seen = [
        "vgw_requests_in_flight",
        "vgw_upstream_requests_in_flight",
        "vgw_upstream_requests_waiting",
        "vgw_upstream_connections",
      ]
        .map((name) => `${name} ${metrics.get(name) ?? "is missing"}`)
        .concat(`provider ${provider.open}`)
        .filter((part) => !part.endsWith(" 0"))
        .join(", ");
      return seen === "";
    },
    () => seen,
    60_000,
  ).catch(() => violations.push(`still there after a minute: ${seen}`));
  return gateway.alive();
}
