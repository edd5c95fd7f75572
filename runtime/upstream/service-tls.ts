/** A service's TLS settings as its clients take them, the same object for all of them. */
import type { PemSource, ServiceConfiguration, ServiceTlsConfiguration } from "../abi.ts";
import type { UpstreamTls } from "./client.ts";

const known = new WeakMap<ServiceTlsConfiguration, UpstreamTls>();

/** null: nothing is said. Throws an Error where the host has left a file unread. */
export function upstreamTlsOf({ name, tls }: ServiceConfiguration): UpstreamTls | null {
  if (tls === undefined) return null;
  let made = known.get(tls);
  if (made === undefined) {
    const text = (source: PemSource): string => {
      if ("text" in source) return source.text;
      throw new Error(`${name}: ${source.file} has not been read`);
    };
    const { ca, serverName, certificate, minimum } = tls;
    made = {
      ca: ca === null ? null : text(ca),
      serverName,
      certificate: certificate === null ? null : { chain: text(certificate.certificate), key: text(certificate.key) },
      minimum,
    };
    known.set(tls, made);
  }
  return made;
}
