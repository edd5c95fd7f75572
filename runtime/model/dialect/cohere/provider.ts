/** Cohere's API, version 2, `/v2/chat`. */
import type { ProviderDialect } from "../dialect.ts";
import { readAnswer } from "./answer.ts";
import { readError } from "./error.ts";
import { eventReader } from "./events.ts";
import { writeRequest } from "./request.ts";

export const cohereProvider: ProviderDialect = { name: "cohere", writeRequest, readAnswer, eventReader, readError };
