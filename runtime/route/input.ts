/** `read` and `as`: from what arrived to a typed value or a failure. `from` is the validator that the compiler wrote for the type. */
import type { Answer } from "../abi.ts";
import { Failure, type Problem } from "../failure.ts";
import { jsonFromText, utf8FromBytes } from "../value/index.ts";
import { invalidInput } from "./body.ts";
import { explain, explainText, type Form } from "./form.ts";

type From<T> = (json: unknown) => T | undefined;

/** JSON from a request. What `from` refuses is explained; an absent value of an optional type has no problem. */
export function inputFrom<T>(json: unknown, from: From<T>, form: Form): T | Failure {
  if (json instanceof Failure) return json;
  const value = from(json);
  if (value !== undefined) return value;
  const problems: Problem[] = [];
  explain(json, form, "", true, problems);
  // No problem: the type is optional or `json`, and undefined is its value.
  return problems.length === 0 ? (undefined as T) : invalidInput(problems);
}

/** A query parameter, header or cookie that has no default and is not there. */
export function missingInput(name: string): Failure {
  return invalidInput([{ path: `/${name}`, message: "is missing" }]);
}

/** A text that is not of the type. */
export function invalidText(name: string, text: string, form: Form): Failure {
  return invalidInput([{ path: `/${name}`, message: explainText(text, form) }]);
}

/** All occurrences as a list. */
export function listFromTexts<T>(
  texts: readonly string[],
  name: string,
  from: (text: string) => T | undefined,
  form: Form & { readonly kind: "list" },
): T[] | Failure {
  const problems: Problem[] = [];
  const items: T[] = [];
  for (const [index, text] of texts.entries()) {
    const item = from(text);
    if (item === undefined) problems.push({ path: `/${name}/${index}`, message: explainText(text, form.item) });
    else items.push(item);
  }
  explain(texts, { ...form, item: { kind: "json" } }, `/${name}`, true, problems);
  return problems.length === 0 ? items : invalidInput(problems);
}

const NOT_AS_EXPECTED = /* @__PURE__ */ new Failure(
  "invalid",
  502,
  "upstream-invalid",
  "what came does not have the expected form",
);

/** The JSON of an answer as a typed value; a failed call passes through. */
export function decodeAnswer<T>(answer: Answer | Failure, from: From<T>): T | Failure {
  if (answer instanceof Failure) return answer;
  const text = utf8FromBytes(answer.body);
  return text === undefined ? NOT_AS_EXPECTED : decodeText(text, from);
}

/** For optional types and `json`: null is absent, and so is a 404 where `absentOn404`. */
export function decodeOptionalAnswer<T>(
  answer: Answer | Failure,
  absentOn404: boolean,
  from: From<T>,
): T | undefined | Failure {
  if (answer instanceof Failure) return answer;
  if (absentOn404 && answer.status === 404) return undefined;
  const text = utf8FromBytes(answer.body);
  return text === undefined ? NOT_AS_EXPECTED : decodeOptionalText(text, from);
}

export function decodeText<T>(text: string, from: From<T>): T | Failure {
  return decodeJson(jsonFromText(text), from);
}
export function decodeOptionalText<T>(text: string, from: From<T>): T | undefined | Failure {
  return decodeOptionalJson(jsonFromText(text), from);
}

export function decodeJson<T>(json: unknown, from: From<T>): T | Failure {
  return from(json) ?? NOT_AS_EXPECTED;
}
/** `json` undefined stands for a text that is not JSON. */
export function decodeOptionalJson<T>(json: unknown, from: From<T>): T | undefined | Failure {
  if (json === null) return undefined;
  return json === undefined ? NOT_AS_EXPECTED : (from(json) ?? NOT_AS_EXPECTED);
}

/** `value` unless it is a failure. */
export function otherwise<T>(value: T | Failure, spare: T): T {
  return value instanceof Failure ? spare : value;
}
