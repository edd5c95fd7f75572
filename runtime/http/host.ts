/** The Host field (RFC 9110 §7.2, RFC 3986 §3.2.2): refused unless it is a host and an optional port, and nothing else. */

const REGISTERED_NAME = /^(?:[a-z0-9\-._~!$&'()*+;=]|%[0-9a-f]{2})+(?::[0-9]{0,5})?$/;
const IP_LITERAL = /^\[(?:[0-9a-f:.]+|v[0-9a-f]+\.[a-z0-9\-._~!$&'()*+;=:]+)\](?::[0-9]{0,5})?$/;

let lastRaw = "";
let lastHost: string | null = null;

/** Lower case, port kept; null where malformed (user info, path, comma, empty, a port above 65535). */
export function normaliseHost(raw: string): string | null {
  // One host name serves most requests of a listener: comparing is all it costs.
  if (raw === lastRaw && raw !== "") return lastHost;
  const lower = raw.toLowerCase();
  const host = (REGISTERED_NAME.test(lower) || IP_LITERAL.test(lower)) && portFits(lower) ? lower : null;
  lastRaw = raw;
  lastHost = host;
  return host;
}

function portFits(host: string): boolean {
  const colon = host.lastIndexOf(":");
  if (colon === -1 || colon < host.lastIndexOf("]")) return true;
  return Number(host.slice(colon + 1)) <= 65535;
}
