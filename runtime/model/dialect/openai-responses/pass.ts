/**
 * Client and provider both speak Responses: the client's bytes go to OpenAI as they came, and the provider's answer to the client, but for the model's name and
 * the cap of the output. What would mean something else there is written anew instead.
 */
import type { Pieces } from "../../../pieces.ts";
import type { ModelRequest } from "../../canonical/request.ts";
import { piecesWithMembers } from "../../wire/outline.ts";
import { PassingStream } from "../../wire/passing-stream.ts";
import { renamedWithin } from "../../wire/renamed.ts";
import { renamedAnswer } from "../../wire/renamed-answer.ts";
import type { RequestBytes } from "../../wire/request-bytes.ts";
import type { PassingReader, ProviderRequest, ProviderTarget } from "../dialect.ts";
import { requestHeaders, requestTarget } from "../openai-common/target.ts";
import { maybeSealed } from "../sealed.ts";
import { ResponsesEventReader } from "./event-reader.ts";
import { recounted } from "../recounted.ts";
import { writeUsage } from "./usage.ts";

/** What is answered later, and what the form in the middle cannot judge to be an answer. */
const OTHERS: readonly string[] = ["background", "top_logprobs"];

export function passRequest(
  body: RequestBytes,
  request: ModelRequest,
  target: ProviderTarget,
): ProviderRequest<Pieces> | null {
  if (maybeSealed(body.rest)) return null;
  const found = body.outline;
  if (found === null || found.members.some(({ name }) => OTHERS.includes(name))) return null;
  const values: [string, string][] = [["model", JSON.stringify(target.model)]];
  if (request.maxOutput !== null) values.push(["max_output_tokens", String(request.maxOutput)]);
  return {
    method: "POST",
    target: requestTarget(target, "responses", false),
    headers: requestHeaders(request.stream),
    body: piecesWithMembers(body.pieces, found, values),
  };
}

export function passAnswer(body: Uint8Array, told: string, model: string): Uint8Array | null {
  return renamedAnswer(body, "model", told, model);
}

const PIECE = /^\{"type":"response\.[a-z_.]{1,64}\.delta"/;

export function passStream(request: ModelRequest, model: string): PassingReader {
  return new PassingStream(new ResponsesEventReader(request), {
    isPiece: (data) => PIECE.test(data),
    texts: ['"delta":"'],
    edit: (data) =>
      !PIECE.test(data) && data.includes('"response":') ? renamedWithin(data, "response", "model", model) : data,
    recount: (data, used) => recounted(data, [["response", "usage"]], writeUsage(used)),
    isEnd: () => false,
    end: "",
  });
}
