/** How much a model thinks: words and tokens, where a provider knows only one of them. */
import type { Reasoning } from "../../canonical/request.ts";
import type { Fields } from "../fields.ts";

export type Effort = NonNullable<Reasoning["effort"]>;

const EFFORTS: ReadonlySet<string> = new Set(["none", "minimal", "low", "medium", "high", "xhigh", "max"]);

function isEffort(word: string): word is Effort {
  return EFFORTS.has(word);
}

export function readEffort(fields: Fields, name: string): Effort | null {
  const word = fields.string(name);
  if (word === null || isEffort(word)) return word;
  fields.refuse(name, `One of ${[...EFFORTS].join(", ")} is expected here.`);
  return null;
}

/** The word for a budget of tokens: the least under which a model of today uses that many. Null: the client said neither. */
export function effortOf({ effort, budget }: Reasoning): Effort | null {
  if (effort !== null) return effort;
  if (budget === null) return null;
  if (budget === 0) return "none";
  if (budget < 2048) return "low";
  return budget < 12_288 ? "medium" : "high";
}
