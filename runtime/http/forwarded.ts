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

const PLAIN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

let lastAddress = "";
let lastHost = "";
let lastSecure: boolean | null = null;
let lastElement = "for=unknown";

/** One element. An IPv6 address stands in brackets and quotes (§6), a host with a port in quotes. `secure` null: not known. */
export function formatForwarded(address: string, host: string, secure: boolean | null): string {
  // Requests come in runs from one peer: comparing is all it costs.
  if (address !== lastAddress || host !== lastHost || secure !== lastSecure) {
    lastElement = elementOf(address, host, secure);
    lastAddress = address;
    lastHost = host;
    lastSecure = secure;
  }
  return lastElement;
}

function elementOf(address: string, host: string, secure: boolean | null): string {
  const node = address.includes(":") ? `"[${address}]"` : PLAIN.test(address) ? address : "unknown";
  const named = host === "" ? "" : `;host=${PLAIN.test(host) ? host : `"${host}"`}`;
  return secure === null ? `for=${node}${named}` : `for=${node}${named};proto=${secure ? "https" : "http"}`;
}
