/** The one constructor of diagnostics: code, slug, severity and message come from the catalogue of pages. */
import { catalogue, type MessageValues } from "./catalogue.generated.ts";
import type { Diagnostic, Label } from "./diagnostic.ts";

export type { Diagnostic, Edit, Fix, Label, Severity, Span } from "./diagnostic.ts";
export type Code = keyof typeof catalogue;

export type Details = Partial<Pick<Diagnostic, "related" | "notes" | "help" | "fixes" | "tags">>;

/** `values` fill the message's `{parameters}`; `primary.text` is the short label under the marked source. */
export function diagnose<C extends Code>(
  code: C,
  values: MessageValues[C],
  primary: Label,
  details: Details = {},
): Diagnostic {
  const entry = catalogue[code];
  const filled: Readonly<Record<string, string | number>> = { ...values };
  return {
    code,
    slug: entry.slug,
    severity: entry.severity,
    message: entry.message.replace(/\{(\w+)\}/g, (_, name: string) => String(filled[name])),
    primary,
    related: details.related ?? [],
    notes: details.notes ?? [],
    help: details.help ?? null,
    fixes: details.fixes ?? [],
    tags: details.tags ?? [],
  };
}

/** The catalogue's codes, in order. */
export const codes = Object.keys(catalogue) as readonly Code[];

export function isCode(text: string): text is Code {
  return Object.hasOwn(catalogue, text);
}
