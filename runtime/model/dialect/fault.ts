/** Errors that the gateway makes itself, to clients of models: what all dialects say in one text. */
import type { Fault } from "../../http/exchange.ts";

/** In whose words errors are told. */
export type FaultDialect = "openai" | "anthropic" | "gemini";

/** `client`: what its clients speak, as in "openai-responses", "anthropic-count-tokens" or "gemini.models". */
export function faultDialect(client: string): FaultDialect {
  if (client.startsWith("anthropic")) return "anthropic";
  return client.startsWith("gemini") ? "gemini" : "openai";
}

/** What, why, and each value that is wrong; of what the program denies, its own words. */
export function faultMessage({ code, title, detail, problems }: Fault): string {
  const said = detail === null ? `${title}.` : code === "denied" ? detail : `${title}: ${detail}.`;
  if (problems === null || problems.length === 0) return said;
  return `${said} ${problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ")}`;
}
