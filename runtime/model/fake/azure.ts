/**
 * Azure OpenAI: Chat Completions by the names of deployments and dated versions of the API, or below `/openai/v1`, with the key in a header field of its own.
 * https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference
 */
import type { FakeCredentials, FakeDialect, FakeFailure } from "./dialect.ts";
import { openaiFailure } from "./failures.ts";
import { decoded } from "./reading.ts";
import type { FailureKind } from "./switches.ts";

const DEPLOYMENT = /^\/openai\/deployments\/([^/]+)\//;

/** Asked by deployment: nobody else has these paths. */
export function azureDeployments(chat: FakeDialect): FakeDialect {
  return {
    ...chat,
    place: DEPLOYMENT,
    match(path) {
      const found = DEPLOYMENT.exec(path);
      // The deployment is the model, whatever the body says.
      return found !== null && path.endsWith("/chat/completions") ? { model: decoded(found[1]!), stream: null } : null;
    },
    admits: (credentials, query) => withoutKey(credentials) ?? withoutVersion(query),
    failure: azureFailure,
  };
}

/** Asked as OpenAI is, below `/openai/v1`: a path that others have too, who serve it where both are asked. */
export function azureLatest(chat: FakeDialect, responses: FakeDialect): readonly FakeDialect[] {
  return [chat, responses].map((dialect) => ({
    ...dialect,
    place: /^\/openai\/v1\//,
    match: (path, query) => (path.startsWith("/openai/v1/") ? dialect.match(path, query) : null),
    admits: withoutKey,
    failure: azureFailure,
  }));
}

function withoutKey({ headers }: FakeCredentials): FakeFailure | null {
  const bearer = /^bearer \S+$/i.test(String(headers.authorization ?? ""));
  return bearer || String(headers["api-key"] ?? "") !== "" ? null : azureFailure("auth", null);
}

function withoutVersion(query: string): FakeFailure | null {
  const version = new URLSearchParams(query).get("api-version") ?? "";
  return /^\d{4}-\d\d-\d\d(-preview)?$/.test(version) ? null : azures(404, "404", "Resource not found");
}

const azures = (status: number, code: string, message: string, headers: readonly string[] = []): FakeFailure => ({
  status,
  headers,
  body: { error: { code, message } },
});

function azureFailure(kind: FailureKind, retry: number | null): FakeFailure {
  const again = retry === null ? "" : ` Please retry after ${retry} seconds.`;
  const headers = retry === null ? [] : ["retry-after", String(retry), "x-ms-retry-after-ms", String(retry * 1000)];
  switch (kind) {
    case "rate":
      return azures(
        429,
        "429",
        `Requests to the ChatCompletions_Create Operation under Azure OpenAI API have exceeded call rate limit of your current OpenAI S0 pricing tier.${again}`,
        headers,
      );
    case "auth":
      return azures(
        401,
        "401",
        "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.",
      );
    case "missing":
      return azures(
        404,
        "DeploymentNotFound",
        "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.",
      );
    default:
      return openaiFailure(kind, retry);
  }
}
