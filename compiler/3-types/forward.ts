/** `forward`: where the request goes. Labelled values that were set on it are judged by this service's clearance. */
import type * as tree from "../1-syntax/tree.ts";
import { kindNames } from "../2-names/index.ts";
import { forwardSettings } from "../vocabulary/settings/route.ts";
import type { CheckedService, StaticValue } from "./checked.ts";
import { type Body, report } from "./context.ts";
import { checkForwardModel } from "./forward-model.ts";
import { unknownName } from "./reference.ts";
import { checkEndingOtherwise } from "./otherwise.ts";
import { enter } from "./scopes.ts";
import { checkPayload } from "./service-call.ts";
import { checkSettings } from "./setting.ts";
import { checkWebSocket } from "./websocket.ts";
import { sinkReceived } from "./received.ts";
import { sinkCarried, sinkService } from "./sink.ts";
import { checkSteps } from "./steps.ts";

export function checkForward(body: Body, step: tree.ForwardStep): void {
  if (!body.scope.find(step.service.text) && body.module.names.get(step.service.text)?.kind === "model") {
    checkForwardModel(body, step);
    return;
  }
  if (step.dialect && body.module.names.get(step.service.text)?.kind === "service")
    report(body, step.dialect, "VGW6113", { name: step.service.text }, "only models are spoken to in a dialect", {
      help: "leave it out, or forward to a model",
    });
  const service = serviceOf(body, step.service);
  const settings = checkSettings(body, "forward", forwardSettings, step.settings, step, (setting, node) => {
    if (setting.key !== "body") return;
    const type = checkPayload(body, node);
    if (service) sinkService(body, node, type, service);
  });
  const milliseconds = (value: StaticValue | undefined): number | null => (typeof value === "number" ? value : null);
  body.module.meanings.set(step.id, {
    kind: "forward",
    timeout: milliseconds(settings.timeout),
    silence: milliseconds(settings.silence),
    webSocket: checkWebSocket(body, step, settings.websocket),
  });
  if (service) {
    sinkCarried(body, step.service, service);
    sinkReceived(body, step.service, service);
  }
  if (service && !step.settings.some(({ key }) => key.text === "body"))
    body.forwarded.push({ step, to: { kind: "service", service } });
  enter(body, () => {
    const { where, answering, elseDepth } = body;
    body.where = "answer";
    body.answering = true;
    body.elseDepth = 0;
    checkSteps(body, step.steps);
    body.where = where;
    body.answering = answering;
    body.elseDepth = elseDepth;
  });
  checkEndingOtherwise(body, step.otherwise);
}

function serviceOf(body: Body, name: tree.Name): CheckedService | null {
  const symbol = body.scope.find(name.text) ? undefined : body.module.names.get(name.text);
  if (symbol?.kind === "service") {
    const service = body.program.services.get(symbol.node as tree.Service) ?? null;
    if (service) body.module.meanings.set(name.id, { kind: "service", service });
    return service;
  }
  if (symbol?.kind === "broken" || name.text === "") return null;
  const local = body.scope.find(name.text);
  if (symbol || local)
    report(
      body,
      name,
      "VGW2011",
      { name: name.text, kind: symbol ? kindNames[symbol.kind] : "value", wanted: "service" },
      "a service is expected here",
    );
  else
    unknownName(
      body,
      name,
      [...body.module.names].flatMap(([key, { kind }]) => (kind === "service" ? [key] : [])),
    );
  return null;
}
