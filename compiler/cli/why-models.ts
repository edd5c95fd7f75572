/** `vgw why FILE [ROUTE]`: what can become of requests to models, without asking any. */
import { costsJson, costsOf } from "../why/costs.ts";
import { reportModels, type RouteReport } from "../why/report.ts";
import { renderRoutes } from "../why/text.ts";
import { CommandError, exit, print, printJson, styleFor } from "./output.ts";
import { checkedOrEnd, findEntry } from "./program.ts";

export function runWhyModels(path: string, route: string | undefined, options: { readonly json?: boolean }): number {
  const { program } = checkedOrEnd(findEntry(path), options);
  const all = reportModels(program);
  const routes = route === undefined ? all : matching(all, route);
  const costs = costsOf(program).filter((cost) => routes.some((one) => one.route === cost.route));
  if (options.json) printJson({ routes, costs: costsJson(costs) });
  else if (routes.length === 0) print("no route forwards to a model");
  else print(renderRoutes(routes, styleFor(process.stdout), costs));
  return exit.good;
}

/** By the whole name, such as "POST /v1/messages", or its path. */
function matching(all: readonly RouteReport[], wanted: string): readonly RouteReport[] {
  const found = all.filter(({ route }) => route === wanted || route.slice(route.indexOf(" ") + 1) === wanted);
  if (found.length > 0) return found;
  const known = all.map(({ route }) => `"${route}"`).join(", ");
  throw new CommandError(
    `no route ${wanted} forwards to a model`,
    exit.usage,
    known === "" ? "none does in this program" : `these do: ${known}`,
  );
}
