/** Amazon Bedrock's Converse, for models of all makers. */
import type { ProviderDialect } from "../dialect.ts";
import { takesPrefill } from "../claude.ts";
import { asksToThink } from "../thinking.ts";
import { readAnswer } from "./answer.ts";
import { readError } from "./error.ts";
import { eventReader } from "./events.ts";
import { foundationOf } from "./family.ts";
import { writeRequest } from "./request.ts";

export const bedrockProvider: ProviderDialect = {
  name: "bedrock",
  writeRequest,
  prefills: (target) => takesPrefill(foundationOf(target)),
  // A thought opens a block, though what it holds may be a summary or nothing.
  hidesThoughts: (request, _target, _told, thought) => thought || asksToThink(request),
  readAnswer,
  eventReader,
  readError,
};
