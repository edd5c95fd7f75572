/**
 * All that generated code may import. Nothing here has a side effect when loaded, so that a bundle holds only what its
 * program uses. The host, the transports and the upstream client are never exported here.
 */
export type {
  Answer,
  AnswerHead,
  BundleModule,
  CallSignal,
  ConcurrencyLimiter,
  Configuration,
  Host,
  Identity,
  Limiter,
  Model,
  Program,
  Service,
  SharedConcurrencyLimiter,
  SharedLimiter,
} from "./abi.ts";
export { Failure, type Problem } from "./failure.ts";
export type { Exchange } from "./http/exchange.ts";
export type { RouteBudget } from "./http/spending.ts";
export * from "./model/index.ts";
export * from "./route/index.ts";
export { StartError } from "./start-error.ts";
export * from "./value/index.ts";
