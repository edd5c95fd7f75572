/** A client's request: bytes to JSON to the form in the middle, or the error that it gets. */
import type { SystemPrompt } from "../../abi.ts";
import type { Exchange } from "../../http/exchange.ts";
import type { Pieces } from "../../pieces.ts";
import { utf8FromBytes } from "../../value/index.ts";
import type { ModelError } from "../canonical/error.ts";
import type { Json, ModelRequest } from "../canonical/request.ts";
import type { ClientDialect, ClientPath } from "../dialect/dialect.ts";
import { isTooDeep } from "../dialect/fields.ts";
import { type Hollow, hollowed } from "../wire/hollow.ts";
import { RequestBytes } from "../wire/request-bytes.ts";
import { withTexts } from "./deferred.ts";
import { error, refused } from "./failures.ts";
import { withSystemPrompt } from "./system-prompt.ts";

/** Arrays and objects within each other: what is written again needs stack for each. */
const DEEPEST = 200;

/** The body says it all. */
const NOTHING: ClientPath = { model: null, stream: null };

/** Octets from which on it is worth the while to leave long strings unread. */
const LONG = 8 * 1024;

export interface ReadRequest {
  readonly request: ModelRequest;
  readonly client: ClientDialect;
  readonly altered: boolean;
  /** What it was read from. */
  readonly bytes: RequestBytes;
}

/**
 * `client` of the answer: who writes it, which the URL may choose. `altered`: the program's own instructions have changed it, so that the bytes do not say
 * it any more; or nobody may find other instructions in them than were found here, such as in the first of two members of one name.
 */
export function readModelRequest(
  client: ClientDialect,
  exchange: Pick<Exchange, "path" | "query">,
  body: Pieces,
  prompt?: SystemPrompt,
): ReadRequest | ModelError {
  const found =
    client.readUrl === undefined ? { path: NOTHING, client } : client.readUrl(exchange.path, exchange.query);
  if (found === null) return error("not-found", 404, "Nothing can be asked of a model at this path.");
  const hollow = body.length < LONG ? null : hollowed(body);
  const read = (hollow === null ? null : readHollow(client, hollow, found.path)) ?? readWhole(client, body, found.path);
  if ("class" in read) return read;
  const request = prompt === undefined ? read : withSystemPrompt(read, prompt, client.name);
  if ("class" in request) return request;
  const altered = request !== read || prompt?.client === "refuse";
  return { request, client: found.client, altered, bytes: new RequestBytes(body, hollow) };
}

function readWhole(client: ClientDialect, body: Pieces, path: ClientPath): ModelRequest | ModelError {
  const text = utf8FromBytes(body.whole);
  const parsed = text === undefined ? null : jsonOf(text);
  if (parsed === null) return error("client", 400, "The request's body is not JSON.");
  if (isTooDeep(parsed.value, DEEPEST)) return error("client", 400, "The request's body is nested too deeply.");
  const read = client.readRequest(parsed.value, path);
  return isRequest(read) ? read : refused(read);
}

/** The same without reading its long strings; null: it has to be read whole, such as to tell what is wrong with it. */
function readHollow(client: ClientDialect, hollow: Hollow, path: ClientPath): ModelRequest | null {
  const text = utf8FromBytes(hollow.rest);
  const parsed = text === undefined ? null : jsonOf(text);
  if (parsed === null || isTooDeep(parsed.value, DEEPEST)) return null;
  const read = client.readRequest(parsed.value, path);
  return isRequest(read) ? withTexts(read, hollow) : null;
}

function isRequest(read: ReturnType<ClientDialect["readRequest"]>): read is ModelRequest {
  return !Array.isArray(read);
}

/** Null: the text is no JSON. */
function jsonOf(text: string): { readonly value: Json } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}
