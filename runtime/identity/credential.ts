/** What a request presents: a bearer token (RFC 6750 §2.1), a field of its own, or a cookie. */
import type { Headers } from "../http/exchange.ts";

/** The lines of one field. */
export function linesOf(headers: Headers, name: string): string[] {
  const lines: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === name) lines.push(headers[index + 1] ?? "");
  }
  return lines;
}

/** null: none was presented. "": something was that is no one token (the field twice, a name without a token). */
export function presentedToken(
  headers: Headers,
  { from, name }: { readonly from: "header" | "cookie"; readonly name: string },
): string | null {
  const values = from === "cookie" ? cookiesOf(headers, name) : linesOf(headers, name);
  const [only] = values;
  if (only === undefined) return null;
  if (values.length > 1) return "";
  if (from === "cookie" || name !== "authorization") return only;
  const space = only.indexOf(" ");
  const scheme = space < 0 ? only : only.slice(0, space);
  // Another scheme is another matter: no token was presented.
  if (scheme.toLowerCase() !== "bearer") return null;
  return space < 0 ? "" : only.slice(space).replace(/^ +/, "");
}

function cookiesOf(headers: Headers, name: string): string[] {
  return linesOf(headers, "cookie").flatMap((line) =>
    line.split(";").flatMap((pair) => {
      const equals = pair.indexOf("=");
      return equals !== -1 && pair.slice(0, equals).trim() === name ? [pair.slice(equals + 1).trim()] : [];
    }),
  );
}
