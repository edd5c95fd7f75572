/** What a route may need of its models, by the words of `needs`, as rows of the tables that providers' codecs are held to. */
import type { Feature } from "../../runtime/model/dialect/support.ts";

export const needs: ReadonlyMap<string, Feature> = new Map([
  ["tools", "tools"],
  ["one_tool_at_a_time", "parallel-tools"],
  ["forced_tools", "tool-choice-any"],
  ["images", "image-base64"],
  ["image_urls", "image-url"],
  ["audio", "audio"],
  ["files", "file"],
  ["json", "json-object"],
  ["json_schema", "json-schema"],
  ["reasoning", "reasoning-effort"],
  ["reasoning_state", "reasoning-state"],
  ["cache_markers", "cache-markers"],
  ["stop_strings", "stop-strings"],
  ["top_k", "top-k"],
  ["seed", "seed"],
  ["penalties", "penalties"],
] as const);

/** What `supports` of a model can name. */
export const supportWords: readonly string[] = [
  "tools",
  "images",
  "image_urls",
  "audio",
  "files",
  "json",
  "json_schema",
];

export const needWords: readonly string[] = [...needs.keys()];
