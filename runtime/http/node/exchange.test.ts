import { STRICT } from "../capabilities.ts";
import { exchangeSuite } from "../exchange.suite.ts";
import { strictTransport } from "./index.ts";

exchangeSuite(strictTransport, STRICT);
