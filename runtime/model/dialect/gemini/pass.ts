/**
 * Client and provider both speak Gemini's generateContent: the client's bytes go to Google as they came, and the provider's answer to the client, but for the
 * model's name and the cap of the output. What would mean something else there is written anew instead.
 */
import type { Pieces } from "../../../pieces.ts";
import type { ModelRequest } from "../../canonical/request.ts";
import { outline, piecesWithMembers, withMembers } from "../../wire/outline.ts";
import { PassingStream } from "../../wire/passing-stream.ts";
import { Renamed } from "../../wire/renamed.ts";
import { renamedAnswer } from "../../wire/renamed-answer.ts";
import type { RequestBytes } from "../../wire/request-bytes.ts";
import type { PassingReader, ProviderRequest, ProviderTarget } from "../dialect.ts";
import { maybeSealed } from "../sealed.ts";
import { eventReader } from "./events.ts";
import { requestTarget } from "./request-writer.ts";
import { recounted } from "../recounted.ts";
import { writeUsage } from "./usage.ts";

export function passRequest(
  body: RequestBytes,
  request: ModelRequest,
  target: ProviderTarget,
): ProviderRequest<Pieces> | null {
  if (request.count !== 1 || maybeSealed(body.rest)) return null;
  const capped = withCap(body, request.maxOutput);
  if (capped === null) return null;
  return {
    method: "POST",
    target: requestTarget(request.stream, target),
    headers: ["content-type", "application/json"],
    body: capped,
  };
}

/** Null: it cannot be told where the cap stands. Google takes every name in two spellings. */
function withCap({ outline: found, pieces }: RequestBytes, most: number | null): Pieces | null {
  // A model in the body would be another word on what the path says.
  if (found === null || found.members.some(({ name }) => name === "generation_config" || name === "model")) return null;
  if (most === null) return pieces;
  const settings = found.members.find(({ name }) => name === "generationConfig");
  if (settings === undefined)
    return piecesWithMembers(pieces, found, [["generationConfig", `{"maxOutputTokens":${most}}`]]);
  const inner = pieces.slice(settings.start, settings.end);
  const within = outline(inner);
  if (within === null || within.members.some(({ name }) => name === "max_output_tokens")) return null;
  const changed = withMembers(inner, within, [["maxOutputTokens", String(most)]]);
  return piecesWithMembers(pieces, found, [["generationConfig", Buffer.from(changed).toString()]]);
}

export function passAnswer(body: Uint8Array, told: string, model: string): Uint8Array | null {
  return renamedAnswer(body, "modelVersion", told, model);
}

export function passStream(request: ModelRequest, model: string): PassingReader {
  const renamed = new Renamed("modelVersion", model);
  return new PassingStream(eventReader(request), {
    // Every event tells of usage, and the last of them counts.
    isPiece: () => false,
    texts: [],
    edit: (data) => renamed.edit(data),
    recount: (data, used) => recounted(data, [["usageMetadata"]], used === null ? null : writeUsage(used)),
    isEnd: () => false,
    end: "",
  });
}
