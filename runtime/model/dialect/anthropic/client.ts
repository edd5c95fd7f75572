/** Anthropic's Messages API as clients speak it. */
import type { ClientDialect } from "../dialect.ts";
import { writeAnswer } from "./answer.ts";
import { writeError } from "./error.ts";
import { eventWriter } from "./event-writer.ts";
import { readRequest } from "./request.ts";

export const anthropicClient: ClientDialect = {
  name: "anthropic",
  readRequest: (body, path) => readRequest(body, path),
  writeAnswer,
  eventWriter,
  writeError,
  streamMediaType: "text/event-stream",
};
