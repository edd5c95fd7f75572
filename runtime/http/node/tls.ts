/** TLS of the strict transport: one context per certificate, chosen by the name that the client asks for. */
import { constants, createPrivateKey } from "node:crypto";
import { createSecureContext, type SecureContext, type TlsOptions } from "node:tls";
import { CIPHERS } from "../ciphers.ts";
import type { ListenTls } from "../transport.ts";

/** Below 1.3 a client could have the server work without end for one connection. */
const NO_RENEGOTIATION = constants.SSL_OP_NO_RENEGOTIATION;

/** `handshake`: milliseconds that a handshake may take. */
export function tlsOptions(tls: ListenTls, handshake: number): TlsOptions {
  const versions = { minVersion: tls.minimum === "1.3" ? "TLSv1.3" : "TLSv1.2", ciphers: CIPHERS } as const;
  const contexts = new Map<string, SecureContext>();
  const made = tls.certificates.map(({ chain, key }) => createSecureContext({ cert: chain, key, ...versions }));
  for (const [index, context] of made.entries())
    for (const name of tls.certificates[index]?.names ?? []) if (!contexts.has(name)) contexts.set(name, context);
  const [first] = tls.certificates;
  const spare = tls.refuseUnknown ? undefined : made[0];
  return {
    ...versions,
    secureOptions: NO_RENEGOTIATION,
    // For clients that name no server.
    ...(first !== undefined && !tls.refuseUnknown && hasOneKindOfKey(tls) && { cert: first.chain, key: first.key }),
    ALPNProtocols: ["http/1.1"],
    handshakeTimeout: handshake,
    ticketKeys: Buffer.from(tls.ticketKeys),
    SNICallback: (asked, answer) => {
      const context = contextFor(contexts, asked.toLowerCase()) ?? spare;
      if (context === undefined) answer(new Error("no certificate is for this name"));
      else answer(null, context);
    },
  };
}

/**
 * Node adds the chosen certificate to the server's own instead of putting it in its place: where one has an RSA key and the other an
 * ECDSA key, the client chooses between the two. So the server has none of its own then, and nothing for clients that name no server.
 */
export function hasOneKindOfKey({ certificates }: ListenTls): boolean {
  return new Set(certificates.map(({ key }) => createPrivateKey(key).asymmetricKeyType)).size < 2;
}

/** The name itself, else "*" in place of its first label (RFC 9525 §6.3). */
function contextFor(contexts: ReadonlyMap<string, SecureContext>, name: string): SecureContext | undefined {
  const dot = name.indexOf(".");
  return contexts.get(name) ?? (dot < 1 ? undefined : contexts.get(`*${name.slice(dot)}`));
}
