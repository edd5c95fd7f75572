/** Settings of the gateway that a listener's transport cannot honour: they would be accepted and have no effect. */
import { FAST, type Capabilities } from "../../runtime/http/capabilities.ts";
import { spanOf } from "../1-syntax/index.ts";
import type * as tree from "../1-syntax/tree.ts";
import type { CheckedGateway } from "../3-types/checked.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";

export function analyseGateway(gateway: CheckedGateway | null): Diagnostic[] {
  if (!gateway || !hasFastListener(gateway)) return [];
  const limits = gateway.node.settings.find((setting) => setting.key.text === "limits")?.value;
  if (limits?.kind !== "record") return [];
  return limits.entries
    .filter((entry) => entry.kind === "record-entry")
    .filter((entry) => isFixed(entry.key.text))
    .map((entry) => refused(gateway, entry));
}

/** Without a word on the transport a listener is fast. */
function hasFastListener({ settings }: CheckedGateway): boolean {
  const { listen } = settings;
  return (
    Array.isArray(listen) &&
    listen.some((one) => typeof one === "object" && one !== null && "transport" in one && one.transport === "fast")
  );
}

function isFixed(limit: string): boolean {
  return Object.hasOwn(FAST.limits, limit) && !FAST.limits[limit as keyof Capabilities["limits"]];
}

function refused({ module }: CheckedGateway, entry: tree.RecordEntry): Diagnostic {
  return diagnose(
    "VGW7002",
    { setting: `limits.${entry.key.text}` },
    { span: spanOf(module.tree, entry.id), text: "fixed by uWebSockets.js" },
    { help: "take it out, or give the listeners `transport: strict`" },
  );
}
