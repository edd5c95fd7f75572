/** `service` and `gateway`: nothing but settings. */
import type * as tree from "../1-syntax/tree.ts";
import { gatewaySettings } from "../vocabulary/settings/gateway.ts";
import type { Setting } from "../vocabulary/setting.ts";
import { serviceSettings } from "../vocabulary/settings/service.ts";
import { newBody } from "./body.ts";
import { settle } from "./failure.ts";
import { check } from "./expression.ts";
import { computedArgument } from "./static-value.ts";
import { textOf } from "./template.ts";
import type { CheckedGateway, CheckedService, StaticValue } from "./checked.ts";
import { type Body, hasSyntaxError, type ModuleState, type ProgramState } from "./context.ts";
import { checkSettings } from "./setting.ts";

export function checkService(program: ProgramState, module: ModuleState, node: tree.Service): CheckedService {
  const body = newBody(program, module, "setting");
  // A setting that could not be read may be the one that is missing.
  const table = hasSyntaxError(module, node) ? serviceSettings.map(optional) : serviceSettings;
  const settings = checkSettings(body, `the service ${node.name.text}`, table, node.settings, node.name);
  const key = keyOf(node);
  if (key) checkKey(newBody(program, module, "guard"), key);
  return { module, node, name: node.name.text, settings, clearance: textsOf(settings.clearance), key };
}

function keyOf(node: tree.Service): tree.Expression | null {
  const balance = node.settings.find(({ key }) => key.text === "balance");
  return balance ? computedArgument("hash", balance.value) : null;
}

/** Worked out from the request alone; anything that has a text, or is absent. */
function checkKey(body: Body, node: tree.Expression): void {
  const type = check(body, node);
  textOf(body, node, type.kind === "optional" ? type.of : type);
  settle(body, 0);
}

const optional = (setting: Setting): Setting => ({ ...setting, required: false });

/** A setting that is a list of texts. */
export function textsOf(value: StaticValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

export function checkGateway(program: ProgramState, module: ModuleState, node: tree.Gateway): CheckedGateway {
  const body = newBody(program, module, "setting");
  const settings = checkSettings(body, "the gateway", gatewaySettings, node.settings, node.name);
  return { module, node, name: node.name.text, settings };
}
