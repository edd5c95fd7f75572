/** OpenAI's `POST /v1/moderations`, which Mistral has too: asked and answered in the client's own bytes, but for the model's name. */
import type { Json } from "../../canonical/request.ts";
import { NO_USAGE, type Usage } from "../../canonical/usage.ts";
import type { Asking, Operation } from "../../operation/operation.ts";
import { failure } from "../../wire/event-order.ts";
import { outline, withMembers } from "../../wire/outline.ts";
import type { ProviderDialectName, ProviderTarget, Refusal } from "../dialect.ts";
import { isList, isObject, parseJson } from "../fields.ts";
import { writeError } from "../openai-common/error.ts";
import { requestHeaders, requestTarget } from "../openai-common/target.ts";
import { readUsage } from "./usage.ts";

export const openaiModerations: Operation = {
  name: "moderations",
  priced: true,
  writeError,
  read(bytes, body) {
    const refusal = wrong(body);
    if (refusal !== null) return [refusal];
    return { ask: (dialect, target) => askFor(bytes, dialect, target) };
  },
};

function wrong(body: Json): Refusal | null {
  if (!isObject(body)) return { path: "", message: "An object is expected here." };
  const { input } = body;
  const fits = typeof input === "string" || (isList(input) && input.length > 0);
  return fits ? null : { path: "input", message: "A text, or a list of inputs is expected here." };
}

function askFor(bytes: Uint8Array, dialect: ProviderDialectName, target: ProviderTarget): Asking | readonly Refusal[] {
  if (dialect !== "openai-chat") return [{ path: "model", message: "This model judges no texts." }];
  const found = outline(bytes);
  if (found === null)
    return [{ path: "", message: "A field stands twice in the request, or its name is written with escapes." }];
  return {
    requests: [
      {
        method: "POST",
        target: requestTarget(target, "moderations", true),
        headers: requestHeaders(false),
        body: withMembers(bytes, found, [["model", JSON.stringify(target.model)]]),
      },
    ],
    answer([only], model) {
      const body = only?.body ?? new Uint8Array(0);
      const value = parseJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"))?.value;
      const members = isObject(value) && isList(value.results) ? outline(body) : null;
      if (!isObject(value) || members === null) return failure("The provider's answer holds no judgement.");
      // OpenAI's cost nothing, and tell of no usage.
      const free: Usage | null = target.variant === "" ? NO_USAGE : null;
      return {
        body: withMembers(body, members, [["model", JSON.stringify(model)]]),
        usage: readUsage(value.usage) ?? free,
      };
    },
  };
}
