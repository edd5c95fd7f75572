/** Fields of a form as typed values; problems are collected over the whole form. */
import { Failure, type Problem } from "../failure.ts";
import { explainText, type Form } from "./form.ts";
import { listFromTexts } from "./input.ts";
import { formNames, formValues } from "./query.ts";

type From<T> = (text: string) => T | undefined;

/** The first value of that name. */
export function formField<T>(
  form: string,
  name: string,
  needed: boolean,
  from: From<T>,
  accepts: Form,
  problems: Problem[],
): T | undefined {
  const [text] = formValues(form, name);
  if (text === undefined) {
    if (needed) problems.push({ path: `/${name}`, message: "is missing" });
    return undefined;
  }
  const value = from(text);
  if (value === undefined) problems.push({ path: `/${name}`, message: explainText(text, accepts) });
  return value;
}

/** All values of that name. */
export function formList<T>(
  form: string,
  name: string,
  needed: boolean,
  from: From<T>,
  accepts: Form & { readonly kind: "list" },
  problems: Problem[],
): T[] | undefined {
  const texts = formValues(form, name);
  if (texts.length === 0) {
    if (needed) problems.push({ path: `/${name}`, message: "is missing" });
    return undefined;
  }
  const list = listFromTexts(texts, name, from, accepts);
  if (!(list instanceof Failure)) return list;
  problems.push(...(list.problems ?? []));
  return undefined;
}

export function unknownFields(form: string, known: readonly string[], problems: Problem[]): void {
  for (const name of formNames(form)) {
    if (!known.includes(name)) problems.push({ path: `/${name}`, message: "is not a known field" });
  }
}
