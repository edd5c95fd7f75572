/** Hosts of routes: exact names and "*.example.org" (one or more labels before the suffix). The port a client sends plays no part. */

/** "shop.example:8080" → "shop.example", "[::1]:80" → "[::1]". */
export function hostName(host: string): string {
  const colon = host.lastIndexOf(":");
  if (colon === -1 || host.endsWith("]")) return host;
  return host.slice(0, colon);
}

/** Whether `name` is one or more labels before `suffix` ("example.org", without the leading dot). */
export function hostUnder(name: string, suffix: string): boolean {
  const dot = name.length - suffix.length - 1;
  return dot > 0 && name.charCodeAt(dot) === 0x2e && name.endsWith(suffix);
}
