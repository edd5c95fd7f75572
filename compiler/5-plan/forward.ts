/** `forward service { settings; steps } else …`. */
import { faultDialect } from "../../runtime/model/dialect/fault.ts";
import type * as tree from "../1-syntax/tree.ts";
import { lowerBudgetKeys } from "./budget.ts";
import { codecOf } from "./call-service.ts";
import { type Context, meaningOf, originOf, toSteps } from "./context.ts";
import { lowerOtherwise } from "./else.ts";
import { lower } from "./expression.ts";
import type { CheckedModel } from "../3-types/checked.ts";
import type { Step } from "./plan.ts";
import { lowerSteps } from "./step.ts";

export function lowerForward(context: Context, node: tree.ForwardStep): void {
  if (context.out.mode !== "steps") return;
  const meaning = meaningOf(context, node.service);
  if (meaning?.kind === "model") {
    lowerForwardModel(context, node, meaning.model);
    return;
  }
  if (meaning?.kind !== "service") throw new Error("`forward` goes to a service");
  const settings = meaningOf(context, node);
  if (settings?.kind !== "forward") throw new Error("a `forward` has its settings");
  const steps: Step[] = [];
  const inner = { ...(node.otherwise === null ? context : toSteps(context, steps)), hint: "body" };
  const body = node.settings.find(({ key }) => key.text === "body")?.value ?? null;
  const value = body === null ? null : lower(inner, body);
  const step: Step = {
    step: "forward",
    origin: originOf(context, node),
    service: context.body.program.services.get(meaning.service) ?? meaning.service.name,
    body: value === null ? null : { codec: codecOf(value.type), value, type: value.type },
    timeout: settings.timeout,
    silence: settings.silence,
    webSocket: settings.webSocket,
    answer: lowerSteps(context, node.steps),
  };
  if (node.otherwise === null) {
    context.out.steps.push(step);
    return;
  }
  const otherwise: Step[] = [];
  lowerOtherwise(toSteps(context, otherwise), node.otherwise, null);
  context.out.steps.push({ step: "attempt", origin: step.origin, steps: [...steps, step], otherwise });
}

/** Its `else` takes what goes wrong while nothing has been sent. */
function lowerForwardModel(context: Context, node: tree.ForwardStep, model: CheckedModel): void {
  if (context.out.mode !== "steps") return;
  const dialect = meaningOf(context, node);
  if (dialect?.kind !== "forward-model" && dialect?.kind !== "forward-operation")
    throw new Error("a `forward` to a model says what its clients speak");
  context.body.faults ??= faultDialect(dialect.client);
  const origin = originOf(context, node);
  const steps: Step[] = [];
  const inner = { ...(node.otherwise === null ? context : toSteps(context, steps)), hint: "system" };
  const { system, clientSystem, sticky } = dialect.settings;
  const step: Step = {
    step: "model",
    origin,
    model: context.body.program.models.get(model) ?? model.name,
    client: dialect.client,
    prompt:
      system === null && clientSystem === "keep"
        ? null
        : { system: system === null ? null : lower(inner, system), client: clientSystem },
    sticky: sticky === null ? null : lower({ ...inner, hint: "sticky" }, sticky),
    keys: lowerBudgetKeys(context, dialect.keys),
  };
  if (node.otherwise === null) {
    context.out.steps.push(step);
    return;
  }
  const otherwise: Step[] = [];
  lowerOtherwise(toSteps(context, otherwise), node.otherwise, null);
  context.out.steps.push({ step: "attempt", origin, steps: [...steps, step], otherwise });
}
