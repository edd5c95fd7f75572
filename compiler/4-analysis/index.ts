/** What can be known about a checked program beyond its types. Each analysis is one file and reads only the answer of phase 3. */
import type { CheckedProgram } from "../3-types/checked.ts";
import type { Diagnostic } from "../diagnostics/index.ts";
import { analyseAccess } from "./access.ts";
import { analyseCaps } from "./cap.ts";
import { analyseCounts } from "./count.ts";
import { analyseDeadlines } from "./deadline.ts";
import { analyseGateway } from "./gateway.ts";
import { analyseGuards } from "./guard.ts";
import { analyseBudgets } from "./budget.ts";
import { analyseChoices } from "./choice.ts";
import { analyseModels } from "./model.ts";
import { analyseNeeds } from "./needs.ts";
import { analyseModelFit } from "./model-fit.ts";
import { analysePreferences } from "./preference.ts";
import { analyseRetries } from "./retry.ts";
import { analyseRoutes } from "./route.ts";
import { analyseSecrets } from "./secret.ts";
import { analyseState } from "./state.ts";
import { analyseTls } from "./tls.ts";
import { analyseWebSockets } from "./websocket.ts";
import { analyseUnused } from "./unused.ts";

export function analyse(program: CheckedProgram): Diagnostic[] {
  return [
    ...analyseAccess(program),
    ...analyseRoutes(program.routes),
    ...analyseGateway(program.gateway),
    ...analyseGuards(program),
    ...analyseDeadlines(program),
    ...analyseRetries(program),
    ...analyseSecrets(program),
    ...analyseWebSockets(program),
    ...analyseModels(program),
    ...analyseNeeds(program),
    ...analyseCaps(program),
    ...analyseBudgets(program),
    ...analyseCounts(program),
    ...analyseState(program),
    ...analysePreferences(program),
    ...analyseModelFit(program),
    ...analyseChoices(program),
    ...analyseTls(program.services),
    ...analyseUnused(program),
  ];
}
