/** Host and port of an authority, as OpenTelemetry wants them: apart, and the scheme's port where none is written. */

export function splitAuthority(
  authority: string,
  scheme: "http" | "https",
): { readonly address: string; readonly port: number } {
  const end = authority.lastIndexOf(":");
  // An IPv6 address has colons of its own, in brackets.
  const has = end > authority.lastIndexOf("]");
  const host = has && end >= 0 ? authority.slice(0, end) : authority;
  const written = has && end >= 0 ? Number(authority.slice(end + 1)) : Number.NaN;
  const port = Number.isInteger(written) && written > 0 ? written : scheme === "https" ? 443 : 80;
  return { address: host.startsWith("[") ? host.slice(1, -1) : host, port };
}
