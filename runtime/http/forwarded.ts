/** The Forwarded field (RFC 7239 §4): reading it, and writing one element. */

export interface ForwardedElement {
  readonly for?: string;
  readonly by?: string;
  readonly host?: string;
  readonly proto?: string;
}

const PAIR =
  /[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?:([!#$%&'*+\-.^_`|~0-9A-Za-z]+)|"((?:[^"\\]|\\.)*)")[ \t]*(;|,|$)/y;

/** Elements left to right, parameter values unquoted; null where the field is malformed. Linear in its length. */
export function parseForwarded(value: string): ForwardedElement[] | null {
  const elements: ForwardedElement[] = [];
  let element: { [parameter: string]: string } = {};
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < value.length) {
    const match = PAIR.exec(value);
    if (match === null) return null;
    element[match[1]!.toLowerCase()] = match[2] ?? match[3]!.replace(/\\(.)/g, "$1");
    if (match[4] !== ";") {
      elements.push(element);
      element = {};
    }
  }
  return elements;
}

/** An IPv6 address stands in brackets and quotes (§6). */
export function formatForwarded(address: string, host: string, secure: boolean): string {
  const node = address.includes(":") ? `"[${address}]"` : address;
  const named = host === "" ? "" : `;host=${/^[0-9A-Za-z.-]+$/.test(host) ? host : `"${host}"`}`;
  return `for=${node}${named};proto=${secure ? "https" : "http"}`;
}
