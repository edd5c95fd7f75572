/** What the ledger knows of one call that is open, or settled and not told where budgets are counted too; and how it stands in a table. */
import type { OpenedRecord } from "./record.ts";

export interface OpenCallState {
  readonly record: OpenedRecord;
  /** What it cost in the end; left out: it is open. */
  cost?: bigint;
  tokens?: number;
}

export function stateText({ record, cost, tokens }: OpenCallState): string {
  const worst = `${record.worst}`;
  return JSON.stringify({ ...record, worst, ...(cost !== undefined && { settled: [`${cost}`, tokens] }) });
}

interface Stored extends Omit<OpenedRecord, "worst"> {
  readonly worst: string;
  readonly settled?: readonly [cost: string, tokens: number];
}

export function readState(text: string): OpenCallState {
  const { settled, worst, ...rest }: Stored = JSON.parse(text);
  const record = { ...rest, worst: BigInt(worst) };
  return settled === undefined ? { record } : { record, cost: BigInt(settled[0]), tokens: settled[1] };
}
