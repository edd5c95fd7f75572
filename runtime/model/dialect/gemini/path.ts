/** What a URL of Gemini's API says beside the body: the model, what is asked of it, and in which form a stream comes. */
import type { ClientPath } from "../dialect.ts";

export interface GeminiPath extends ClientPath {
  readonly model: string;
  readonly stream: boolean;
  readonly action: "generate" | "count";
  /** Of a stream: events, where the query says `alt=sse`; else one JSON array. */
  readonly form: "sse" | "array";
}

const ACTIONS = new Map<string, { readonly action: GeminiPath["action"]; readonly stream: boolean }>([
  ["generateContent", { action: "generate", stream: false }],
  ["streamGenerateContent", { action: "generate", stream: true }],
  ["countTokens", { action: "count", stream: false }],
]);

/** Of "/v1beta/models/gemini-3-pro:generateContent", also below projects as Vertex AI has it. Null: no such path. `query`: without its "?". */
export function readPath(path: string, query: string): GeminiPath | null {
  const found = /\/(?:models|tunedModels|endpoints)\/([^/:]+(?:\/[^/:]+)*):([A-Za-z]+)$/.exec(path);
  const action = found === null ? undefined : ACTIONS.get(found[2]!);
  if (found === null || action === undefined) return null;
  const model = decoded(found[1]!);
  if (model === null) return null;
  return { model, ...action, form: /(?:^|&)(?:alt|%24alt|\$alt)=sse(?:&|$)/.test(query) ? "sse" : "array" };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
