/** Whether every model that a route may ask can be told what the route's clients use (`needs`), from the tables that the providers' codecs are held to. */
import { spanOf } from "../1-syntax/index.ts";
import type * as tree from "../1-syntax/tree.ts";
import { nodesBelow } from "../1-syntax/walk.ts";
import type { CheckedModel, CheckedProgram, CheckedRoute } from "../3-types/checked.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";
import { needs, supportWords } from "../vocabulary/needs.ts";
import { supportOf } from "../vocabulary/support.ts";
import { answers, labelsOf, reachFrom, type RouteReach } from "./reach.ts";

export function analyseNeeds(program: CheckedProgram): Diagnostic[] {
  return program.routes.flatMap((route) =>
    [...nodesBelow(route.node)].flatMap((node) => (node.kind === "forward" ? unmet(route, node) : [])),
  );
}

function unmet(route: CheckedRoute, step: tree.ForwardStep): Diagnostic[] {
  const { module } = route;
  const meaning = module.meanings.get(step.id);
  const named = module.meanings.get(step.service.id);
  const written = step.settings.find(({ key }) => key.text === "needs");
  if (meaning?.kind !== "forward-model" || named?.kind !== "model" || !written) return [];
  return meaning.settings.needs.flatMap((need) =>
    reachFrom(route, named.model).flatMap((reach) => {
      if (!answers(reach)) return [];
      // A copy that its provider cannot be told is not sent.
      if (reach.way.at(-1)?.by === "shadow") return [];
      const missing = cannot(reach.model, need);
      return missing === null ? [] : [refusal(route, step, written, need, reach, missing)];
    }),
  );
}

/** Why the model's provider cannot be told; null: it can. */
function cannot({ provider, settings }: CheckedModel, need: string): string | null {
  const { supports } = settings;
  if (Array.isArray(supports) && supportWords.includes(need) && !supports.includes(need))
    return "its supports does not name it";
  const feature = needs.get(need);
  const table = provider && supportOf(provider);
  if (!table || feature === undefined) return null;
  const { support, note } = table[feature];
  if (support === "mapped" || support === "emulated") return null;
  return `${provider?.word}: ${support}${note === "" ? "" : `, ${note.charAt(0).toLowerCase()}${note.slice(1)}`}`;
}

function refusal(
  { module }: CheckedRoute,
  step: tree.ForwardStep,
  written: tree.Setting,
  need: string,
  reach: RouteReach,
  missing: string,
): Diagnostic {
  const { model, way } = reach;
  const last = way.at(-1);
  return diagnose(
    "VGW6120",
    { need, model: model.name },
    { span: spanOf(module.tree, written.value.id), text: `${need} is needed` },
    {
      related: [
        { span: spanOf(module.tree, step.service.id), text: "of whatever this asks" },
        ...labelsOf(reach),
        { span: spanOf(model.module.tree, model.node.name.id), text: missing.replaceAll("`", "") },
      ],
      help: last
        ? `take ${model.name} out of ${last.from.name} here (another choice without it), or leave ${need} out of needs`
        : `forward to a model that can, or leave ${need} out of needs`,
    },
  );
}
