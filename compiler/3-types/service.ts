/** `service` and `gateway`: nothing but settings. */
import type * as tree from "../1-syntax/tree.ts";
import { gatewaySettings } from "../vocabulary/settings/gateway.ts";
import type { Setting } from "../vocabulary/setting.ts";
import { serviceSettings } from "../vocabulary/settings/service.ts";
import { newBody } from "./body.ts";
import type { CheckedGateway, CheckedService, StaticValue } from "./checked.ts";
import { hasSyntaxError, type ModuleState, type ProgramState } from "./context.ts";
import { checkSettings } from "./setting.ts";

export function checkService(program: ProgramState, module: ModuleState, node: tree.Service): CheckedService {
  const body = newBody(program, module, "setting");
  // A setting that could not be read may be the one that is missing.
  const table = hasSyntaxError(module, node) ? serviceSettings.map(optional) : serviceSettings;
  const settings = checkSettings(body, `the service ${node.name.text}`, table, node.settings, node.name);
  return { module, node, name: node.name.text, settings, clearance: textsOf(settings.clearance) };
}

const optional = (setting: Setting): Setting => ({ ...setting, required: false });

function textsOf(value: StaticValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

export function checkGateway(program: ProgramState, module: ModuleState, node: tree.Gateway): CheckedGateway {
  const body = newBody(program, module, "setting");
  const settings = checkSettings(body, "the gateway", gatewaySettings, node.settings, node.name);
  return { module, node, name: node.name.text, settings };
}
