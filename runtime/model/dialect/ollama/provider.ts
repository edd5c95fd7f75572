/** Ollama's own API, `/api/chat`. */
import type { ProviderDialect } from "../dialect.ts";
import { readAnswer } from "./answer.ts";
import { readError } from "./error.ts";
import { eventReader } from "./events.ts";
import { writeRequest } from "./request.ts";

export const ollamaProvider: ProviderDialect = {
  name: "ollama",
  writeRequest,
  prefills: () => true,
  readAnswer,
  eventReader,
  readError,
};
