/**
 * Opaque state of a provider (signatures of thoughts, encrypted thoughts) is of use only to the provider that made it; another refuses the whole
 * request. Whatever a provider's reader hands on therefore carries a seal that says whose it is, and whoever writes for a provider breaks the seal.
 *
 * A seal is twelve characters of base64's alphabet before the state, so that a client that decodes and encodes it again gives it back unchanged.
 * State without a seal came from a client that spoke with its provider directly, or through a gateway that passed the bytes: it belongs to the client's own dialect.
 */
import type { ProviderDialectName } from "../dialect/dialect.ts";

const SEALS: { readonly [Name in ProviderDialectName]: string } = {
  anthropic: "VgwAnthropic",
  gemini: "VgwGemini///",
  "openai-chat": "VgwOpenAiCht",
  "openai-responses": "VgwOpenAiRsp",
  bedrock: "VgwBedrock//",
  cohere: "VgwCohere///",
  ollama: "VgwOllama///",
};

const LENGTH = 12;

/** What a provider's reader hands on. What has a seal already keeps it. */
export function sealState(origin: ProviderDialectName, state: string): string {
  return sealed(state) ? state : SEALS[origin] + state;
}

/**
 * What goes to a provider or a client of this dialect: the bare state where it is its own. Null: another's, of no use to it.
 * `client`: the dialect of the request's client (`extras.dialect`), whose state has no seal.
 */
export function openState(dialect: ProviderDialectName, state: string, client: string): string | null {
  if (!sealed(state)) return client === dialect ? state : null;
  return state.startsWith(SEALS[dialect]) ? state.slice(LENGTH) : null;
}

/** What goes to a client of this dialect: bare where its own provider made it, sealed where another did, since it brings it back. */
export function stateForClient(dialect: ProviderDialectName, state: string): string {
  return state.startsWith(SEALS[dialect]) ? state.slice(LENGTH) : state;
}

function sealed(state: string): boolean {
  if (!state.startsWith("Vgw")) return false;
  const head = state.slice(0, LENGTH);
  for (const seal of Object.values(SEALS)) if (seal === head) return true;
  return false;
}
