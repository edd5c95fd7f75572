/** The engine as the host sees it. */
export type { EngineParts } from "./parts.ts";
export { type Choice, only, pool } from "./choose.ts";
export { asksForSpeed } from "./ranking.ts";
export { createModel } from "./model.ts";
export { HeldBudget } from "./purse.ts";
export {
  createKeyMemory,
  type KeyEvent,
  type KeyMemory,
  type KeyParts,
  type KeyRing,
  KeyTable,
  keyRing,
} from "./keys.ts";
export { Shadowing } from "./shadow.ts";
export { createSpeedMemory, type Speed, type SpeedMemory, SpeedTable } from "./speed.ts";
export { type ModelConnections, Target } from "./target.ts";
