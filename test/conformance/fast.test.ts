/** The corpus through a bundle behind uWebSockets.js. */
import { loadNative } from "../../runtime/http/uws/loader.ts";
import { gatewayDriver } from "./gateway.ts";
import { conformance } from "./suite.ts";

const { native } = loadNative({ headLimit: 16_384 });

conformance({ ...gatewayDriver("fast"), ...(native !== null && { build: native.version }) });
