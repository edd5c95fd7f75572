/** What a client checks and shows when it speaks TLS, made once for each configuration: making one reads every authority that is believed. */
import { createSecureContext, type SecureContext } from "node:tls";
import type { UpstreamTls } from "../client.ts";

const contexts = new WeakMap<UpstreamTls, SecureContext>();
let usual: SecureContext | null = null;

/** `tls` null: Node's authorities, nothing to show. */
export function secureContextOf(tls: UpstreamTls | null): SecureContext {
  if (tls === null) {
    usual ??= createSecureContext({ minVersion: "TLSv1.2" });
    return usual;
  }
  let context = contexts.get(tls);
  if (context === undefined) {
    context = createSecureContext({
      minVersion: tls.minimum === "1.3" ? "TLSv1.3" : "TLSv1.2",
      ...(tls.ca !== null && { ca: tls.ca }),
      ...(tls.certificate !== null && { cert: tls.certificate.chain, key: tls.certificate.key }),
    });
    contexts.set(tls, context);
  }
  return context;
}
