/**
 * Models at Vertex AI: Gemini's and Anthropic's dialects below projects, places and publishers, and only for tokens that were given out.
 * https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference, https://platform.claude.com/docs/en/api/claude-on-vertex-ai
 */
import { isObject } from "../dialect/fields.ts";
import type { FakeCredentials, FakeDialect, FakeFailure } from "./dialect.ts";
import { anthropicFailure, geminiFailure } from "./failures.ts";
import { decoded } from "./reading.ts";
import type { FailureKind } from "./switches.ts";

const PLACE = String.raw`^\/v1(?:beta1)?\/projects\/[^/]+\/locations\/[^/]+\/publishers\/`;
const ANTHROPIC_VERSION = "vertex-2023-10-16";

/** Both dialects, made of those of the providers themselves. */
export function vertexFakes(gemini: FakeDialect, anthropic: FakeDialect): readonly FakeDialect[] {
  return [googleFake(gemini), anthropicFake(anthropic)];
}

function googleFake(gemini: FakeDialect): FakeDialect {
  const place = new RegExp(`${PLACE}google\\/models\\/`);
  return {
    ...gemini,
    place,
    match: (path, query) =>
      place.test(path) ? gemini.match(path.replace(/^.*?\/publishers\/google/, ""), query) : null,
    admits,
    failure: (kind, retry) => OWN[kind] ?? geminiFailure(kind, retry),
  };
}

function anthropicFake(anthropic: FakeDialect): FakeDialect {
  const place = new RegExp(`${PLACE}anthropic\\/models\\/`);
  const asked = new RegExp(`${place.source}([^/:]+):(rawPredict|streamRawPredict)$`);
  return {
    ...anthropic,
    place,
    match(path) {
      const found = asked.exec(path);
      return found === null ? null : { model: decoded(found[1]!), stream: found[2] === "streamRawPredict" };
    },
    admits,
    readRequest(body, path) {
      const version = isObject(body) ? body.anthropic_version : undefined;
      if (version !== ANTHROPIC_VERSION)
        return [{ path: "anthropic_version", message: `It has to be "${ANTHROPIC_VERSION}".` }];
      if (isObject(body) && body.model !== undefined)
        return [{ path: "model", message: "Extra inputs are not permitted" }];
      const read = anthropic.readRequest(body, path);
      if ("turns" in read && read.stream !== path.stream)
        return [{ path: "stream", message: "Streams are asked for at streamRawPredict, and with stream: true." }];
      return read;
    },
    // What Google itself says of an account has Google's form, whichever model was asked; what the model says has its own.
    failure: (kind, retry) =>
      OWN[kind] ?? (kind === "rate" || kind === "quota" ? geminiFailure(kind, retry) : anthropicFailure(kind, retry)),
  };
}

const googles = (code: number, status: string, message: string): FakeFailure => ({
  status: code,
  headers: [],
  body: { error: { code, message, status } },
});

const NO_TOKEN = googles(
  401,
  "UNAUTHENTICATED",
  "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
);

const OWN: { readonly [Kind in FailureKind]?: FakeFailure } = {
  auth: NO_TOKEN,
  missing: googles(
    404,
    "NOT_FOUND",
    "Publisher Model `projects/fake/locations/fake/publishers/fake/models/fake` was not found or your project does not have access to it.",
  ),
};

function admits({ headers, isToken }: FakeCredentials): FakeFailure | null {
  const [scheme = "", token = ""] = String(headers.authorization ?? "").split(" ", 2);
  return scheme.toLowerCase() === "bearer" && isToken(token) ? null : NO_TOKEN;
}
