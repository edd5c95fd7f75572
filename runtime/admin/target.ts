/** What the admin listener needs of the gateway it stands in front of. */
import type { LedgerBook } from "../model/money/ledger/book.ts";
import type { BundleSource } from "../host/artifact.ts";
import type { GenerationInfo } from "../host/generations.ts";
import type { GatewayStatus } from "../host/status.ts";
import type { ThreadMetrics } from "../host/thread.ts";

export interface AdminTarget {
  status(): Promise<GatewayStatus>;
  /** One entry per serving thread, and one of the process. */
  metrics(): Promise<readonly ThreadMetrics[]>;
  /** False while it drains: no new traffic should be sent. */
  ready(): boolean;
  swap(source: BundleSource): Promise<GenerationInfo>;
  rollback(): Promise<GenerationInfo>;
  /** What calls to models cost; null: the program has no budgets. */
  readonly book: Pick<LedgerBook, "usage" | "budgets" | "catchUp"> | null;
}
