/** Limits: counters that all threads share, and what programs ask of them. */
export { type LimitCounts, Limits } from "./limiter.ts";
export { Concurrency, type ConcurrencyCounts } from "./concurrency.ts";
export { createPermitMemory, PermitTable } from "./permits.ts";
export { createTableMemory, LimitTable, newTableKey, tableSlots, type Verdict } from "./table.ts";
