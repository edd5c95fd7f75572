/** The corpus through the reference interpreter. */
import { interpreterDriver } from "./interpreter.ts";
import { conformance } from "./suite.ts";

conformance(interpreterDriver());
