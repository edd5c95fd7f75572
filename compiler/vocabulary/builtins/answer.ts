/** What is known of a service's answer besides `.status` and `as T`. */
import type { Builtin } from "../builtin.ts";

const answer = { fails: null, needs: "nothing", labels: "carry", since: "0.1" } as const;

export const answerBuiltins: readonly Builtin[] = [
  {
    ...answer,
    key: "answer.header",
    signature: "(answer: answer, name: string) -> string?",
    runtime: "headerOfAnswer",
    documentation: "A header field of the answer, several lines of it joined by commas; absent where it has none.",
    example: { source: "", value: null },
  },
  {
    ...answer,
    key: "answer.text",
    signature: "(answer: answer) -> string",
    runtime: "textOfAnswer",
    documentation: "The answer's body as text (UTF-8; what is not valid becomes U+FFFD).",
    example: { source: "", value: null },
  },
];
