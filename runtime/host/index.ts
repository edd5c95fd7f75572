/** The host as other programs use it: `vgw dev`, `vgw run`, tests. */
export type { BundleSource } from "./artifact.ts";
export { Gateway, type StartOptions, startGateway } from "./gateway.ts";
export type { GenerationInfo } from "./generations.ts";
export type { Overrides } from "./overrides.ts";
export { startErrorExit, startErrorText } from "./report.ts";
export type { GatewayStatus } from "./status.ts";
export type { BoundListener } from "./thread.ts";
export type { Injected } from "./wiring.ts";
