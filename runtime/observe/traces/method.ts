/** Methods as OpenTelemetry names them: clients can send any word, and names of spans must stay few. */

const KNOWN: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "TRACE",
  "CONNECT",
  "QUERY",
]);

/** "_OTHER" for what is none of them. */
export function methodName(method: string): string {
  return KNOWN.has(method) ? method : "_OTHER";
}
