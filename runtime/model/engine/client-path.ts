/** What the URL of a request to a model says beside its body: with Gemini's API the model and whether to stream, with the others nothing. */
import type { Exchange } from "../../http/exchange.ts";
import type { ClientDialect, ClientPath } from "../dialect/dialect.ts";

const NOTHING: ClientPath = { model: null, stream: null };

/** "…/models/NAME:streamGenerateContent". */
const GEMINI = /\/models\/([^/:]+):(streamGenerateContent|generateContent)$/;

/** Null: the path names nothing that can be asked of a model. */
export function clientPath({ name }: ClientDialect, { path }: Pick<Exchange, "path">): ClientPath | null {
  if (name !== "gemini") return NOTHING;
  const found = GEMINI.exec(path);
  return found === null ? null : { model: found[1]!, stream: found[2] === "streamGenerateContent" };
}
