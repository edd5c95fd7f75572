/** The request target as Node gives it: origin form, absolute form, or "*" (RFC 9112 §3.2). */
import { normaliseHost } from "../host.ts";

export interface Target {
  /** Raw; "*" for the asterisk form. */
  readonly path: string;
  readonly query: string;
  /** From an absolute form, which overrides Host; null otherwise. */
  readonly host: string | null;
}

const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;

/** Null: neither form, or a form that does not belong to the method. */
export function splitTarget(url: string, method: string): Target | null {
  if (url.startsWith("/")) return split(url, null);
  if (url === "*") return method === "OPTIONS" ? { path: "*", query: "", host: null } : null;
  const match = ABSOLUTE.exec(url);
  if (match === null) return null;
  const host = normaliseHost(match[1]!);
  if (host === null) return null;
  const rest = match[2]!;
  return split(rest.startsWith("/") ? rest : `/${rest}`, host);
}

function split(url: string, host: string | null): Target {
  const mark = url.indexOf("?");
  return mark === -1 ? { path: url, query: "", host } : { path: url.slice(0, mark), query: url.slice(mark + 1), host };
}
