/** Markers for caching as Anthropic has them, which clients of OpenAI's dialects send too, to gateways that know what to do with them. */
import type { CacheMarker, JsonObject } from "../../canonical/request.ts";
import type { Fields } from "../fields.ts";

export function readCacheMarker(fields: Fields): CacheMarker | undefined {
  const control = fields.fields("cache_control");
  if (control === null) return undefined;
  if (control.string("type") !== "ephemeral") control.refuse("type", 'Only "ephemeral" is known here.');
  const ttl = control.string("ttl") ?? "5m";
  if (ttl === "5m" || ttl === "1h") return { ttl };
  control.refuse("ttl", '"5m" or "1h" is expected here.');
  return undefined;
}

export function writeCacheMarker(cache: CacheMarker | undefined): JsonObject {
  if (cache === undefined) return {};
  return { cache_control: cache.ttl === "5m" ? { type: "ephemeral" } : { type: "ephemeral", ttl: cache.ttl } };
}
