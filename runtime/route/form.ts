/**
 * The slow half of validation: which problems a value has. The fast half is straight code that the compiler writes for each type
 * and that only says whether a value fits; when it does not, the descriptions here find every reason.
 */
import type { Problem } from "../failure.ts";
import { textLength } from "../value/index.ts";

/** What a type accepts. */
export type Form =
  | ScalarForm
  | { readonly kind: "optional"; readonly of: Form }
  | { readonly kind: "union"; readonly members: readonly Form[]; readonly expected: string }
  | {
      readonly kind: "record";
      readonly fields: { readonly [name: string]: FieldForm };
    }
  | { readonly kind: "list"; readonly item: Form; readonly min: number; readonly max: number }
  | { readonly kind: "map"; readonly value: Form }
  | { readonly kind: "json" };

export interface ScalarForm {
  readonly kind: "scalar";
  /** undefined: not of this kind. */
  readonly json: (value: unknown) => unknown;
  readonly text: (text: string) => unknown;
  readonly expected: string;
  /** What is wrong with a value of the right kind; null: nothing. */
  readonly refine: ((value: never) => string | null) | null;
}

export interface FieldForm {
  readonly form: Form;
  /** Whether the field may be missing. */
  readonly optional: boolean;
}

/** Every problem of a JSON value. `strict`: unknown fields are refused (requests), not ignored (answers of services). */
export function explain(json: unknown, form: Form, path: string, strict: boolean, problems: Problem[]): void {
  switch (form.kind) {
    case "optional":
      if (json !== undefined && json !== null) explain(json, form.of, path, strict, problems);
      return;
    case "json":
      return;
    case "scalar": {
      const value = form.json(json);
      const message = value === undefined ? form.expected : refinement(form, value);
      if (message !== null) problems.push({ path, message });
      return;
    }
    case "union": {
      const fits = form.members.some((member) => {
        const own: Problem[] = [];
        explain(json, member, path, strict, own);
        return own.length === 0;
      });
      if (!fits) problems.push({ path, message: form.expected });
      return;
    }
    case "list": {
      if (!Array.isArray(json)) {
        problems.push({ path, message: "must be a list" });
        return;
      }
      for (const [index, item] of json.entries()) explain(item, form.item, `${path}/${index}`, strict, problems);
      const message = rangeProblem(json.length, form.min, form.max, "items");
      if (message !== null) problems.push({ path, message });
      return;
    }
    case "map":
      if (!isObject(json)) {
        problems.push({ path, message: "must be an object" });
        return;
      }
      for (const key of Object.keys(json)) {
        if (json[key] !== null) explain(json[key], form.value, `${path}/${pointer(key)}`, strict, problems);
      }
      return;
    case "record":
      explainRecord(json, form.fields, path, strict, problems);
  }
}

function explainRecord(
  json: unknown,
  fields: { readonly [name: string]: FieldForm },
  path: string,
  strict: boolean,
  problems: Problem[],
): void {
  if (!isObject(json)) {
    problems.push({ path, message: "must be an object" });
    return;
  }
  for (const [name, field] of Object.entries(fields)) {
    const given = own(json, name) ?? undefined;
    const at = `${path}/${pointer(name)}`;
    if (given !== undefined) explain(given, field.form, at, strict, problems);
    else if (!field.optional) problems.push({ path: at, message: "is missing" });
  }
  if (!strict) return;
  for (const name of Object.keys(json)) {
    if (!Object.hasOwn(fields, name)) {
      problems.push({ path: `${path}/${pointer(name)}`, message: "is not a known field" });
    }
  }
}

/** What is wrong with a text from a path, query, header, cookie or form. */
export function explainText(text: string, form: Form): string {
  switch (form.kind) {
    case "optional":
      return explainText(text, form.of);
    case "scalar": {
      const value = form.text(text);
      return value === undefined ? form.expected : (refinement(form, value) ?? form.expected);
    }
    case "union":
      return form.expected;
    default:
      return "must be a text";
  }
}

function refinement(form: ScalarForm, value: unknown): string | null {
  return form.refine === null ? null : form.refine(value as never);
}

export function lengthProblem(text: string, min: number, max: number): string | null {
  return rangeProblem(textLength(text), min, max, "characters");
}

/** `what` is "" for the value itself. */
export function rangeProblem(value: number, min: number, max: number, what: string): string | null {
  if (value >= min && value <= max) return null;
  const range =
    min <= -Number.MAX_SAFE_INTEGER
      ? `at most ${max}`
      : max >= Number.MAX_SAFE_INTEGER
        ? `at least ${min}`
        : `${min} to ${max}`;
  return what === "" ? `must be ${range}` : `must have ${range} ${what}`;
}

export function isObject(json: unknown): json is { readonly [name: string]: unknown } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** A member of its own, not one that every object inherits. */
export function own(value: { readonly [name: string]: unknown }, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Whether every member is one of `names`. */
export function hasOnly(value: object, names: ReadonlySet<string>): boolean {
  for (const name of Object.keys(value)) if (!names.has(name)) return false;
  return true;
}

/** RFC 6901 §3. */
function pointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
