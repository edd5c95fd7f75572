/**
 * Which models can take a request at all, by what it needs: room for its prompt, tools, images and other things that a provider has no word for or that the
 * program has switched off. Who cannot is passed over, and why is counted; where nobody can, the client is told by field.
 */
import type { ModelError } from "../canonical/error.ts";
import type { ModelRequest, Part } from "../canonical/request.ts";
import type { Feature } from "../dialect/support.ts";
import { estimatedTokens } from "./estimate.ts";
import { error } from "./failures.ts";
import type { Target } from "./target.ts";

/** What a request may need of a model, as rows of the tables of support. */
export const REQUIRED_FEATURES = [
  "tools",
  "image-base64",
  "image-url",
  "audio",
  "file",
  "json-object",
  "json-schema",
] as const satisfies readonly Feature[];
export type RequiredFeature = (typeof REQUIRED_FEATURES)[number];

/** "context": its prompt is too long. */
export type Misfit = RequiredFeature | "context";

export interface Skipped {
  readonly model: string;
  /** "budget": what is left of one does not cover it; "key": all keys rest; "dialect": its provider cannot be told something else in it. */
  readonly reason: Misfit | "budget" | "key" | "dialect";
}

export interface Fit {
  readonly targets: readonly Target[];
  readonly skipped: readonly Skipped[];
}

const NOBODY: readonly Skipped[] = [];

/** Whether one of them is particular about what it takes: else nothing has to be looked at. */
export function areParticular(targets: readonly Target[]): boolean {
  return targets.some(({ configuration: { context, lacks } }) => context !== undefined || lacks !== undefined);
}

/** Those that can take it, in their order. */
export function fitting(request: ModelRequest, targets: readonly Target[]): Fit {
  const needed = neededBy(request);
  let tokens = -1;
  const skipped: Skipped[] = [];
  const found = targets.filter(({ name, configuration: { context, lacks } }) => {
    const lacking = lacks?.find((feature) => needed.includes(feature));
    if (context !== undefined && tokens < 0) tokens = estimatedTokens(request);
    const reason = lacking ?? (context !== undefined && tokens > context ? "context" : undefined);
    if (reason !== undefined) skipped.push({ model: name, reason });
    return reason === undefined;
  });
  return skipped.length === 0 ? { targets, skipped: NOBODY } : { targets: found, skipped };
}

function neededBy({ tools, turns, format }: ModelRequest): readonly RequiredFeature[] {
  const needed: RequiredFeature[] = [];
  const look = (part: Part): void => {
    const feature = featureOf(part);
    if (feature !== null && !needed.includes(feature)) needed.push(feature);
    if (part.type === "tool-result") for (const inner of part.parts) look(inner);
  };
  if (tools.length > 0) needed.push("tools");
  for (const { parts } of turns) for (const part of parts) look(part);
  if (format.kind === "json") needed.push("json-object");
  else if (format.kind === "schema") needed.push("json-schema");
  return needed;
}

function featureOf(part: Part): RequiredFeature | null {
  switch (part.type) {
    case "image":
      return part.source.kind === "url" ? "image-url" : "image-base64";
    case "audio":
      return "audio";
    case "file":
      return "file";
    default:
      return null;
  }
}

/** What a client is told where nobody can take its request. */
export function nobodyFits(
  request: ModelRequest,
  reasons: readonly Skipped["reason"][],
  /** Of those that cannot. */
  contexts: readonly (number | undefined)[],
): ModelError {
  if (reasons.every((reason) => reason === "context")) {
    const most = Math.max(...contexts.map((context) => context ?? 0));
    return {
      ...error(
        "context",
        400,
        `The prompt has about ${estimatedTokens(request)} tokens, and no more than ${most} fit.`,
      ),
      code: "context_length_exceeded",
      parameter: fieldOf("context", request.extras.dialect),
    };
  }
  const [first] = reasons;
  const texts = [...new Set(reasons)].map((reason) => {
    const field = fieldOf(reason, request.extras.dialect);
    return `${field === null ? "" : `${field}: `}${TEXTS[reason]}`;
  });
  const message = `No model that may be asked here takes this request. ${texts.join(" ")}`;
  return { ...error("client", 400, message), parameter: first ? fieldOf(first, request.extras.dialect) : null };
}

const TEXTS: { readonly [reason in Skipped["reason"]]: string } = {
  tools: "Tools are not taken.",
  "image-base64": "Images are not taken.",
  "image-url": "Images by URL are not taken.",
  audio: "Audio is not taken.",
  file: "Files are not taken.",
  "json-object": "An answer in JSON cannot be asked for.",
  "json-schema": "An answer by a JSON schema cannot be asked for.",
  context: "It is longer than what fits.",
  budget: "What is left of a budget does not cover it.",
  key: "Too many requests just now.",
  dialect: "Something in it cannot be said to the model's provider.",
};

/** What holds turns, and what says the answer's format, as each dialect of clients calls them. */
const FIELDS: { readonly [dialect: string]: { readonly turns: string; readonly format: string } } = {
  "openai-chat": { turns: "messages", format: "response_format" },
  "openai-responses": { turns: "input", format: "text.format" },
  anthropic: { turns: "messages", format: "output_config.format" },
  gemini: { turns: "contents", format: "generationConfig" },
};

function fieldOf(reason: Skipped["reason"], dialect: string): string | null {
  const fields = FIELDS[dialect];
  if (reason === "tools") return "tools";
  if (fields === undefined || reason === "budget" || reason === "key" || reason === "dialect") return null;
  return reason === "json-object" || reason === "json-schema" ? fields.format : fields.turns;
}
