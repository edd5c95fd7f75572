/** The corpus through a bundle behind the Node transport. */
import { gatewayDriver } from "./gateway.ts";
import { conformance } from "./suite.ts";

conformance(gatewayDriver("strict"));
