/** The engine as the host sees it. */
export type { EngineParts } from "./answering.ts";
export { only, pool } from "./choose.ts";
export { createModel } from "./model.ts";
export { type ModelConnections, Target } from "./target.ts";
