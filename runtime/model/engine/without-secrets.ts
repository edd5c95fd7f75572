/** What a provider says of an error, before it goes to clients and into the log: it may repeat what it was sent, and whose account it serves. */
import type { ModelError } from "../canonical/error.ts";
import type { ModelConfiguration } from "../configuration.ts";

const LONGEST_MESSAGE = 2000;
const LONGEST_WORD = 120;

/** Identifiers and keys of accounts, as providers write them. */
const ACCOUNTS =
  /\b(?:(?:org|proj|sk|user|key|acct)[-_][A-Za-z0-9*_-]{6,}|AIza[\w-]{30,}|A[KS]IA[A-Z0-9]{12,}|Bearer +[\w.~+/-]{8,}=*)/g;

/** Shorter ones are as likely words of the message. */
const LEAST = 6;

/** The secrets in a model's configuration, each in its parts: Bedrock's key is an identifier and a secret. Longer ones first, since they may hold shorter ones. */
export function secretsOf({ key, keys = [] }: Pick<ModelConfiguration, "key" | "keys">): readonly string[] {
  const all = [key ?? "", ...keys.map((one) => one.key)].flatMap((one) => [one, ...one.split(":")]);
  return [...new Set(all)].filter((part) => part.length >= LEAST).sort((one, other) => other.length - one.length);
}

export function withoutSecrets(problem: ModelError, secrets: readonly string[]): ModelError {
  const { message, code, parameter } = problem;
  return {
    ...problem,
    message: cleaned(message, secrets, LONGEST_MESSAGE),
    code: cleaned(code, secrets, LONGEST_WORD),
    parameter: parameter === null ? null : cleaned(parameter, secrets, LONGEST_WORD),
  };
}

/** Cut at last, so that no secret is cut into what is not recognised. */
function cleaned(text: string, secrets: readonly string[], most: number): string {
  let clean = text.length > 64 * 1024 ? text.slice(0, 64 * 1024) : text;
  for (const secret of secrets) if (clean.includes(secret)) clean = clean.replaceAll(secret, "…");
  clean = clean.replace(ACCOUNTS, "…");
  return clean.length > most ? `${clean.slice(0, most)}…` : clean;
}
