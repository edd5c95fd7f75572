/** The upstream side as the host sees it. */
export type { Traced } from "./attempt.ts";
export type { UpstreamSettings } from "./request-headers.ts";
export { createService, type UpstreamService } from "./service.ts";
export { createTableLayout, SharedTable, type TableLayout } from "./shared-table.ts";
export { monotonic } from "./surroundings.ts";
