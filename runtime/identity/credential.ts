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

interface CredentialPlace {
  readonly from: "header" | "cookie";
  readonly name: string;
}

/** The one field value or cookie that should hold a token. null: it is not there. "": it is there more than once. */
export function presentedText(headers: Headers, { from, name }: CredentialPlace): string | null {
  if (from === "cookie") {
    const [only, ...more] = cookiesOf(headers, name);
    return only === undefined ? null : more.length > 0 ? "" : only;
  }
  let only: string | null = null;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] !== name) continue;
    if (only !== null) return "";
    only = headers[index + 1] ?? "";
  }
  return only;
}

/** The token in such a text. null: it is another scheme's, so none was presented. "": there is no one token. */
export function tokenIn(text: string, { from, name }: CredentialPlace): string | null {
  if (from === "cookie" || name !== "authorization" || text === "") return text;
  const space = text.indexOf(" ");
  const scheme = space < 0 ? text : text.slice(0, space);
  if (scheme.toLowerCase() !== "bearer") return null;
  return space < 0 ? "" : text.slice(space).replace(/^ +/, "");
}

function cookiesOf(headers: Headers, name: string): string[] {
  return linesOf(headers, "cookie").flatMap((line) =>
    line.split(";").flatMap((pair) => {
      const equals = pair.indexOf("=");
      return equals !== -1 && pair.slice(0, equals).trim() === name ? [pair.slice(equals + 1).trim()] : [];
    }),
  );
}
