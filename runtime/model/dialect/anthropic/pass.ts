/**
 * Client and provider both speak the Messages API: the client's bytes go to Anthropic as they came, and the provider's answer to the client, but for the model's
 * name and the cap of the output. What would mean something else there is written anew instead.
 */
import type { Pieces } from "../../../pieces.ts";
import type { ModelRequest } from "../../canonical/request.ts";
import { piecesWithMembers } from "../../wire/outline.ts";
import { PassingStream } from "../../wire/passing-stream.ts";
import { renamedWithin } from "../../wire/renamed.ts";
import { renamedAnswer } from "../../wire/renamed-answer.ts";
import type { RequestBytes } from "../../wire/request-bytes.ts";
import type { PassingReader, ProviderRequest, ProviderTarget } from "../dialect.ts";
import { maybeSealed } from "../sealed.ts";
import { eventReader } from "./events.ts";
import { requestHeaders, requestTarget } from "./request-writer.ts";
import { NO_USAGE } from "../../canonical/usage.ts";
import { recounted } from "../recounted.ts";
import { writeUsage } from "./usage.ts";

export function passRequest(
  body: RequestBytes,
  request: ModelRequest,
  target: ProviderTarget,
): ProviderRequest<Pieces> | null {
  const { maxOutput, reasoning } = request;
  // Claude on Vertex AI has the model in its path, and another version.
  if (target.variant !== "" || maxOutput === null || maybeSealed(body.rest)) return null;
  // A cap below what may be thought is no request.
  if (reasoning?.budget != null && reasoning.budget >= maxOutput) return null;
  const found = body.outline;
  if (found === null) return null;
  const values = [
    ["model", JSON.stringify(target.model)],
    ["max_tokens", String(maxOutput)],
  ] as const;
  return {
    method: "POST",
    target: requestTarget(request.stream, target),
    headers: requestHeaders(target),
    body: piecesWithMembers(body.pieces, found, values),
  };
}

export function passAnswer(body: Uint8Array, told: string, model: string): Uint8Array | null {
  return renamedAnswer(body, "model", told, model);
}

const PIECE = '{"type":"content_block_delta"';

export function passStream(request: ModelRequest, model: string): PassingReader {
  return new PassingStream(eventReader(request), {
    isPiece: (data) => data.startsWith(PIECE),
    texts: ['"text":"', '"partial_json":"'],
    edit: (data) =>
      !data.startsWith(PIECE) && data.includes("message_start") ? renamedWithin(data, "message", "model", model) : data,
    // Its clients count on with whatever is there.
    recount: (data, used) => recounted(data, [["usage"], ["message", "usage"]], writeUsage(used ?? NO_USAGE)),
    isEnd: (data) => data.includes("message_stop"),
    end: 'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  });
}
