/** What goes beside Converse's own form, in the words of the model's maker: how much to think, and from how many tokens to choose. */
import type { Json, ModelRequest, Reasoning } from "../../canonical/request.ts";
import type { ProviderTarget, Refusal } from "../dialect.ts";
import { effortOf } from "../openai-common/effort.ts";
import type { Abilities } from "./abilities.ts";

const LEAST_BUDGET = 1024;

/** JSON text; null: nothing. */
export function writeModelFields(
  request: ModelRequest,
  target: ProviderTarget,
  { topK, reasoning }: Abilities,
  refusals: Refusal[],
): string | null {
  const fields: { [name: string]: Json } = {};
  if (request.topK !== null) {
    if (topK === null) refusals.push({ path: "top_k", message: "This model of Bedrock's knows no top_k." });
    else if (topK === "topK") fields.inferenceConfig = { topK: request.topK };
    else fields[topK] = request.topK;
  }
  if (request.reasoning !== null) writeReasoning(request, request.reasoning, reasoning, target, fields, refusals);
  return Object.keys(fields).length === 0 ? null : JSON.stringify(fields);
}

function writeReasoning(
  request: ModelRequest,
  reasoning: Reasoning,
  way: Abilities["reasoning"],
  target: ProviderTarget,
  fields: { [name: string]: Json },
  refusals: Refusal[],
): void {
  const effort = effortOf(reasoning);
  switch (way) {
    case "claude":
      writeClaude(request, reasoning, target.settings.thinking, fields, refusals);
      return;
    case "claude-budget":
      writeClaude(request, reasoning, target.settings.thinking ?? "budget", fields, refusals);
      return;
    case "nova": {
      const word =
        effort === "minimal" || effort === "low" ? "low" : effort === "medium" || effort === null ? "medium" : "high";
      fields.reasoningConfig = effort === "none" ? { type: "disabled" } : { type: "enabled", maxReasoningEffort: word };
      return;
    }
    case "openai":
      if (effort === null) return;
      // These models always think.
      fields.reasoning_effort =
        effort === "none" || effort === "minimal" ? "low" : effort === "xhigh" || effort === "max" ? "high" : effort;
      return;
    case null:
      if (effort === "none") return;
      refusals.push({ path: "reasoning", message: "How much this model of Bedrock's thinks cannot be said." });
  }
}

/** `style`: "budget" for models before Claude 4.6, which know no effort; "adaptive" for those from 4.7 on, which take no budget; absent: each as the client says it. */
function writeClaude(
  request: ModelRequest,
  { effort, budget }: Reasoning,
  style: string | undefined,
  fields: { [name: string]: Json },
  refusals: Refusal[],
): void {
  if (effort === "none" || budget === 0) return;
  if (style === "adaptive" || (style !== "budget" && budget === null)) {
    fields.thinking = { type: "adaptive" };
    const said = effort ?? (budget === null ? null : budget <= 4096 ? "low" : budget <= 16_384 ? "medium" : "high");
    if (said !== null) fields.output_config = { effort: said === "minimal" ? "low" : said };
    return;
  }
  const share = effort === "minimal" || effort === "low" ? 0.2 : effort === "medium" || effort === null ? 0.5 : 0.8;
  const most = request.maxOutput === null ? Number.MAX_SAFE_INTEGER : request.maxOutput - 1;
  const wanted = budget ?? Math.max(LEAST_BUDGET, Math.floor((request.maxOutput ?? 4096) * share));
  const fitting = Math.min(wanted, most);
  if (fitting < LEAST_BUDGET) {
    refusals.push({
      path: "thinking.budget_tokens",
      message: `Claude thinks with at least ${LEAST_BUDGET} tokens, and fewer than the cap on its output; here are ${wanted} and ${request.maxOutput}.`,
    });
  }
  fields.thinking = { type: "enabled", budget_tokens: fitting };
  if (effort !== null && style !== "budget") fields.output_config = { effort: effort === "minimal" ? "low" : effort };
}
