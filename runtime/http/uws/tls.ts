/** TLS of the fast transport: uWebSockets.js (over BoringSSL) with the names of several certificates. Both builds behave alike here. */
import { CIPHERS } from "../ciphers.ts";
import type { ListenTls, ServedCertificate } from "../transport.ts";
import { withFile } from "./nameless-file.ts";
import type { NativeApp, NativeModule, NativeTlsOptions } from "./native.ts";

/**
 * Cipher suites that need a key both sides know beforehand, which nobody has: nothing is left below TLS 1.3, whose suites are not in
 * this list. uWebSockets.js has no setting for the version, and takes 1.2 and newer.
 */
const NONE_BELOW_1_3 = "PSK";

/** An app that serves TLS; `route` registers its handlers, once for each name, because uWebSockets.js keeps them apart by name. */
export function createTlsApp(native: NativeModule, tls: ListenTls, route: (app: NativeApp) => void): NativeApp {
  const ssl_ciphers = tls.minimum === "1.3" ? NONE_BELOW_1_3 : CIPHERS;
  const [first] = tls.certificates;
  // Without a certificate of its own it refuses whoever names nobody that it knows.
  const app =
    first === undefined || tls.refuseUnknown
      ? native.SSLApp({ ssl_ciphers })
      : withCertificate(first, ssl_ciphers, (options) => native.SSLApp(options));
  route(app);
  for (const [name, certificate] of namesBesideFirst(tls)) {
    withCertificate(certificate, ssl_ciphers, (options) => app.addServerName(name, options));
    route(app.domain(name));
  }
  return app;
}

function withCertificate<T>(
  { chain, key }: ServedCertificate,
  ssl_ciphers: string,
  use: (options: NativeTlsOptions) => T,
): T {
  return withFile(chain, (cert_file_name) =>
    withFile(key, (key_file_name) => use({ cert_file_name, key_file_name, ssl_ciphers })),
  );
}

/** Each name costs a context of its own, so those that the first certificate answers anyway are left out. */
function namesBesideFirst({ certificates, refuseUnknown }: ListenTls): Map<string, ServedCertificate> {
  const names = new Map<string, ServedCertificate>();
  for (const certificate of certificates)
    for (const name of certificate.names) if (!names.has(name)) names.set(name, certificate);
  if (refuseUnknown) return names;
  const [first] = certificates;
  for (const [name, certificate] of names) {
    // A wildcard of another certificate would take an exact name that is left out.
    const wildcard = names.get(`*${name.slice(name.indexOf("."))}`);
    if (certificate === first && (wildcard === undefined || wildcard === first)) names.delete(name);
  }
  return names;
}
