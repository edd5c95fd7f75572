/** Functions of a service's answer. */
import type { Answer } from "../abi.ts";

/** Lines of one name are joined as RFC 9110 §5.3 allows. */
export function headerOfAnswer(answer: Answer, name: string): string | undefined {
  const wanted = name.toLowerCase();
  let value: string | undefined;
  for (let index = 0; index < answer.headers.length; index += 2) {
    if (answer.headers[index] !== wanted) continue;
    const line = answer.headers[index + 1]!;
    value = value === undefined ? line : `${value}, ${line}`;
  }
  return value;
}

const decoder = new TextDecoder();

export function textOfAnswer(answer: Answer): string {
  return decoder.decode(answer.body);
}
