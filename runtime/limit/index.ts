/** Limits: counters that all threads share, those that gateways share, and what programs ask of them. */
export { type LimitCounts, Limits } from "./limiter.ts";
export { Concurrency, type ConcurrencyCounts } from "./concurrency.ts";
export { createPermitMemory, PermitTable } from "./permits.ts";
export { aloneConcurrency, aloneLimiter } from "./shared/alone.ts";
export { type SharedCounts, SharedRates } from "./shared/rates.ts";
export { type SharedPlaceCounts, SharedPlaces } from "./shared/places.ts";
export { createTableMemory, LimitTable, newTableKey, tableSlots, type Verdict } from "./table.ts";
