/** Problem documents that are known when building: constants, named after what they say. */
import { problemText } from "../../runtime/http/problem.ts";
import type { Emission } from "./emission.ts";
import { stringLiteral } from "./literal.ts";
import { capital } from "./names.ts";

/** So many words of the detail name the constant. */
const WORDS = 6;

/** The name of the constant that holds the JSON text. */
export function knownProblem(emission: Emission, status: number, code: string, detail: string | null): string {
  const text = problemText(status, code, detail, null);
  const words = (detail ?? code).split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const wanted = `problem${words
    .slice(0, WORDS)
    .map((word) => capital(word.toLowerCase()))
    .join("")}`;
  return emission.declared(`problem ${text}`, wanted, (name) => `const ${name} =\n  ${stringLiteral(text)};`);
}
