/** The vocabulary: everything that a program may say, written once. */
export { builtins } from "./builtins/index.ts";
export { type DeclarationEntry, declarations, reservedDeclarations } from "./declarations.ts";
export { type LabelEntry, labels } from "./labels.ts";
export { fakeFailures, givenFacts, modelFakeFailure, observations } from "./observations.ts";
export { type PlaceEntry, places } from "./places.ts";
export type { ListenerForm, Setting, SettingType } from "./setting.ts";
export {
  adminSettings,
  gatewaySettings,
  httpSettings,
  httpsSettings,
  limitSettings,
  listenerSettings,
} from "./settings/gateway.ts";
export { stateSettings } from "./settings/state.ts";
export { tracesSettings } from "./settings/traces.ts";
export { alertSettings, budgetStepSettings } from "./settings/money.ts";
export { forwardModelSettings } from "./settings/forward-model.ts";
export { concurrencySettings, rateLimitSettings } from "./settings/limit.ts";
export { apiKeySettings, jwtSettings } from "./settings/identity.ts";
export { choiceSettings, modelSettings } from "./settings/model.ts";
export { modelKeySettings } from "./settings/model-key.ts";
export { type MeasureEntry, measures, preferenceWords } from "./preferences.ts";
export { clientDialects, type ProviderEntry, providers } from "./providers.ts";
export { cookieSettings, forwardSettings, routeSettings, sendSettings, webSocketSettings } from "./settings/route.ts";
export {
  breakerSettings,
  ejectSettings,
  healthSettings,
  hedgeSettings,
  modelHedgeSettings,
  shadowSettings,
  retrySettings,
} from "./settings/resilience.ts";
export { callSettings, endpointSettings, serviceSettings, tlsSettings } from "./settings/service.ts";
export { type StepEntry, type StepPlace, stepOf, steps } from "./steps.ts";
export { currencies, likelyUnits, type Unit, units } from "./units.ts";
export { type TypeEntry, types } from "./types.ts";
