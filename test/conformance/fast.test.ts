/** The corpus through a bundle behind uWebSockets.js. */
import { gatewayDriver } from "./gateway.ts";
import { conformance } from "./suite.ts";

conformance(gatewayDriver("fast"));
