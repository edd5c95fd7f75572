/** Where a request goes: the path below a provider's base, and Azure's, which names the deployment and the version of its API. */
import type { ProviderTarget } from "../dialect.ts";

/** `operation`: such as "chat/completions". `byDeployment`: Azure names the deployment in the path where the version is dated. */
export function requestTarget(target: ProviderTarget, operation: string, byDeployment: boolean): string {
  const base = basePath(target.base);
  if (target.variant !== "azure") return `${base}/${operation}`;
  const root = base.endsWith("/openai") || base.endsWith("/openai/v1") ? base : `${base}/openai`;
  const version = target.settings["api-version"];
  if (version === undefined || version === "" || root.endsWith("/v1")) {
    return `${root.endsWith("/v1") ? root : `${root}/v1`}/${operation}`;
  }
  const deployment = byDeployment
    ? `deployments/${encodeURIComponent(target.settings.deployment ?? target.model)}/`
    : "";
  return `${root}/${deployment}${operation}?api-version=${encodeURIComponent(version)}`;
}

function basePath(base: string): string {
  const authority = base.indexOf("://");
  const slash = base.indexOf("/", authority === -1 ? 0 : authority + 3);
  return slash === -1 ? "" : base.slice(slash).replace(/\/+$/, "");
}

export function requestHeaders(stream: boolean): readonly string[] {
  return ["content-type", "application/json", "accept", stream ? "text/event-stream" : "application/json"];
}
