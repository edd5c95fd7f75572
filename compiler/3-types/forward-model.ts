/** `forward assistant as openai.chat`: a request to a model, answered in the dialect that its clients speak. */
import type * as tree from "../1-syntax/tree.ts";
import { nearest } from "../2-names/index.ts";
import { operations } from "../vocabulary/operations.ts";
import { clientDialects } from "../vocabulary/providers.ts";
import { budgetKeys } from "./budget.ts";
import { checkSticky } from "./sticky.ts";
import { countSettings, forwardModelSettings } from "../vocabulary/settings/forward-model.ts";
import type { BudgetKey, ForwardModelSettings } from "./checked.ts";
import { type Body, type ModuleState, report, span } from "./context.ts";
import { modelNamed } from "./model.ts";
import { checkEndingOtherwise } from "./otherwise.ts";
import { checkOperation } from "./operation.ts";
import { textsOf } from "./service.ts";
import { checkSettings } from "./setting.ts";
import { checkSystemPrompt } from "./system-prompt.ts";

const USUAL = "openai.chat";

export function checkForwardModel(body: Body, step: tree.ForwardStep): void {
  const model = modelNamed(body, step.service);
  if (model) body.forwarded.push({ step, to: { kind: "model", model } });
  // Where a budget is used up, its request goes there.
  for (const { instead, node, module } of body.budgets) {
    if (!model || !instead) continue;
    const over = { node, text: `${instead.name} is asked where this is used up`, module: module as ModuleState };
    body.forwarded.push({ step, to: { kind: "model", model: instead }, over });
  }
  checkDialect(body, step, model ? budgetKeys(body, step, model) : [], checkModelSettings(body, step));
  const [within] = step.steps;
  if (within)
    report(body, within, "VGW6112", { name: step.service.text }, "this has no effect on a model", {
      help: "what shapes answers stands in the model's settings, or before forward: set response.header(…) = …",
    });
  checkEndingOtherwise(body, step.otherwise);
}

function checkModelSettings(body: Body, step: tree.ForwardStep): ForwardModelSettings {
  const models = body.forwarded.flatMap(({ step: of, to }) => (of === step && to.kind === "model" ? [to.model] : []));
  // Only conversations have features, and instructions they and what counts their tokens.
  const operation = operations.find(({ word }) => word === step.dialect?.text);
  const counts = operation?.operation === "count-tokens";
  const table =
    operation === undefined
      ? forwardModelSettings
      : forwardModelSettings.filter(({ key }) => counts && countSettings.has(key));
  const owner = operation !== undefined ? `\`forward\` as ${step.dialect?.text}` : "`forward` to a model";
  let system: tree.Expression | null = null;
  let sticky: tree.Expression | null = null;
  const settings = checkSettings(body, owner, table, step.settings, step, ({ key }, node) => {
    if (key === "sticky") {
      sticky = node;
      checkSticky(body, step, node);
      return;
    }
    system = node;
    checkSystemPrompt(body, node, models);
  });
  const { client_system: word } = settings;
  const clientSystem = word === "drop" || word === "refuse" ? word : "keep";
  return { system, clientSystem, sticky, needs: textsOf(settings.needs) };
}

function checkDialect(
  body: Body,
  step: tree.ForwardStep,
  keys: readonly BudgetKey[],
  settings: ForwardModelSettings,
): void {
  const { dialect, service } = step;
  const known = [...clientDialects.keys(), ...operations.map(({ word }) => word)];
  if (dialect === null) {
    const at = span(body.module, service);
    report(body, service, "VGW6111", { name: service.text }, "as what?", {
      help: `say what its clients speak: forward ${service.text} as ${USUAL} (or ${known.slice(1).join(", ")})`,
      fixes: [
        {
          title: `Write as ${USUAL}`,
          kind: "maybe",
          edits: [{ span: { ...at, start: at.end }, text: ` as ${USUAL}` }],
        },
      ],
    });
    return;
  }
  const operation = operations.find(({ word }) => word === dialect.text);
  if (operation !== undefined) {
    checkOperation(body, step, operation);
    body.module.meanings.set(step.id, { kind: "forward-operation", client: operation.client, keys, settings });
    return;
  }
  const client = clientDialects.get(dialect.text);
  if (client !== undefined) {
    body.module.meanings.set(step.id, { kind: "forward-model", client, keys, settings });
    return;
  }
  const likely = nearest(dialect.text, known);
  const wanted = `one of ${known.join(", ")}`;
  report(body, dialect, "VGW3021", { name: "as", wanted }, "not this", {
    help: likely && `did you mean ${likely}?`,
    fixes: likely
      ? [{ title: `Write ${likely}`, kind: "maybe", edits: [{ span: span(body.module, dialect), text: likely }] }]
      : [],
  });
}
