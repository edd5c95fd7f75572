/** OpenAI's Chat Completions, as providers speak it: OpenAI itself, and the servers of `variants.ts`. */
import type { ProviderDialect } from "../dialect.ts";
import { readError } from "../openai-common/error.ts";
import { hidesThem, mayThink } from "../thinking.ts";
import { readAnswer } from "./answer.ts";
import { ChatEventReader } from "./event-reader.ts";
import { passAnswer, passRequest, passStream } from "./pass.ts";
import { writeRequest } from "./provider-request.ts";
import { variantOf } from "./variants.ts";

export const openaiChatProvider: ProviderDialect = {
  name: "openai-chat",
  writeRequest,
  prefills: ({ variant }) => variantOf(variant).prefill !== null,
  pass: { request: passRequest, answer: passAnswer, stream: passStream },
  hidesThoughts: (request, { model, variant }) =>
    variantOf(variant).hidesThoughts ? mayThink(model) : hidesThem(request),
  readAnswer,
  eventReader: (request) => new ChatEventReader(request),
  readError,
};
