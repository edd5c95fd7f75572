/** `tls` of a service that no endpoint speaks: it would be accepted and have no effect, and everything would go out in clear text. */
import { spanOf } from "../1-syntax/index.ts";
import type { CheckedService, StaticValue } from "../3-types/checked.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";

export function analyseTls(services: readonly CheckedService[]): Diagnostic[] {
  return services.flatMap(({ module, node, name, settings }) => {
    const written = node.settings.find(({ key }) => key.text === "tls");
    if (!written || written.value.kind === "none" || !Array.isArray(settings.url) || !settings.url.every(isClear))
      return [];
    return [
      diagnose(
        "VGW7011",
        { service: name },
        { span: spanOf(module.tree, written.id), text: "has no effect on http" },
        { help: "write https in `url`, or take this out" },
      ),
    ];
  });
}

/** For sure: what the environment names may be either. */
function isClear(endpoint: StaticValue): boolean {
  const address = typeof endpoint === "object" && endpoint !== null && "at" in endpoint ? endpoint.at : endpoint;
  return typeof address === "string" && address.startsWith("http://");
}
