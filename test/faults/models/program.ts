/** The program under attack: at every provider a model that is not to be trusted, alone and in each choice that copes with that, in every client's dialect. */
import type { ClientDialectName, ProviderDialectName } from "../../../runtime/model/dialect/dialect.ts";

export const PROVIDERS: ReadonlyMap<ProviderDialectName, string> = new Map<ProviderDialectName, string>([
  ["openai-chat", 'openai("evil"), url: "ORIGIN/v1"'],
  ["openai-responses", 'openai_responses("evil"), url: "ORIGIN/v1"'],
  ["anthropic", 'anthropic("evil"), url: "ORIGIN"'],
  ["gemini", 'gemini("evil"), url: "ORIGIN/v1beta"'],
  ["bedrock", 'bedrock("us.anthropic.evil", region: "eu-west-1"), url: "ORIGIN"'],
  ["cohere", 'cohere("evil"), url: "ORIGIN/v2"'],
  ["ollama", 'ollama("evil", context: 8ktok), url: "ORIGIN"'],
]);

/** A path for each dialect, and the word for it. */
export const CLIENT_PATHS: ReadonlyMap<ClientDialectName, readonly [path: string, word: string]> = new Map<
  ClientDialectName,
  readonly [string, string]
>([
  ["openai-chat", ["chat/completions", "openai.chat"]],
  ["openai-responses", ["responses", "openai.responses"]],
  ["anthropic", ["v1/messages", "anthropic.messages"]],
  ["gemini", ["v1beta/models/{name}", "gemini"]],
]);

export const SHAPES = ["alone", "told", "spared", "joined", "hedged", "shadowed"] as const;
export type Shape = (typeof SHAPES)[number];

export const nameOf = (provider: ProviderDialectName): string => provider.replace("-", "_");

/** Milliseconds: how long models wait for the first content and between two pieces, and for all of an answer. */
export const PATIENCE = 2500;
export const TOTAL = 8000;

/** So that a reservation that nobody gives back is seen long before it runs out. */
export const LIMIT = 1_000_000;

export function program(transport: "fast" | "strict", origin: string): string {
  // Records do not tell what was written to caches, so that costs as much as what is read anew.
  const paid = `price: { in: $1/Mtok, cached: $0.1/Mtok, cache_write: $1/Mtok, cache_write_hour: $1/Mtok, out: $2/Mtok }, context: 200ktok, max_output: 2000tok, budget: $${LIMIT}/day`;
  const lines: string[] = [];
  for (const [provider, words] of PROVIDERS) {
    const name = nameOf(provider);
    lines.push(
      `model ${name} { provider: ${words.replace("ORIGIN", origin)}, key: secret("KEY"), ${paid}, first_token: ${PATIENCE}ms, silence: ${PATIENCE}ms, timeout: ${TOTAL}ms, total: ${TOTAL}ms }`,
      `model ${name}_told = choose(${name}) { cost_headers: true }`,
      `model ${name}_spared = choose(${name}) { fallback: [kind] }`,
      `model ${name}_joined = choose(${name}) { fallback: [kind], broken: continue }`,
      `model ${name}_hedged = choose(${name}) { fallback: [kind], hedge: { after: 50ms, budget: 100% } }`,
      `model ${name}_shadowed = choose(kind) { shadow: { model: ${name}, share: 100%, at_once: 1000 }, cost_headers: true }`,
    );
    for (const shape of SHAPES)
      for (const [path, word] of CLIENT_PATHS.values())
        lines.push(
          `route POST "/${shape}/${name}/${path}" open { budget $${LIMIT}/day by request.header("x-user") else "" { name: "everything" }\n forward ${shape === "alone" ? name : `${name}_${shape}`} as ${word} }`,
        );
  }
  return `vgw 1
gateway attacked {
  listen: [http("127.0.0.1:0", transport: ${transport})]
  admin: http("127.0.0.1:0")
  threads: 1
  ledger: env("LEDGER")
}
model kind { provider: ollama("kind", context: 8ktok), url: "${origin}", ${paid} }
${lines.join("\n")}
`;
}
