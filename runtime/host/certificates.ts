/**
 * The certificates of the gateway's listeners, read and checked before anything opens, and only here: threads and transports get
 * what was read, so that what is served is what was checked. Whoever wants to serve newer ones reads them anew by this function.
 */
import { randomBytes } from "node:crypto";
import type { CertificateConfiguration, ListenConfiguration } from "../abi.ts";
import { STRICT } from "../http/capabilities.ts";
import { hasOneKindOfKey } from "../http/node/tls.ts";
import type { ListenTls, ServedCertificate } from "../http/transport.ts";
import { StartError } from "../start-error.ts";
import { pairsIn } from "./certificate-folder.ts";
import { dnsNames, nameOf, type Pair, PemError, readPair, validityProblem } from "./pem.ts";

/** A listener with what its transport needs. */
export type ReadyListener = Omit<ListenConfiguration, "tls"> & { readonly tls?: ListenTls };

export interface ReadListeners {
  readonly listeners: readonly ReadyListener[];
  /** Sentences for the start-up log. */
  readonly warnings: readonly string[];
}

const NEXT =
  "Relative paths begin in the folder that the gateway is started in, or in that of `--files FOLDER`. A certificate is PEM, its own first; its key is PEM, best readable for the gateway alone.";

/** `folder`: where relative paths begin; `now`: milliseconds since the epoch. Throws a `StartError` "start-certificate" with every problem. */
export function readListeners(listeners: readonly ListenConfiguration[], folder: string, now: number): ReadListeners {
  const problems: string[] = [];
  const warnings: string[] = [];
  const ready = listeners.map(({ tls, ...listen }): ReadyListener => {
    if (tls === undefined) return listen;
    const where = `${listen.address}:${listen.port}`;
    const pairs = tls.certificates.flatMap((one) => readAll(one, folder, problems));
    for (const warning of warningsAbout(pairs, now)) warnings.push(`${where}: ${warning}`);
    const certificates = pairs.map(
      ({ pair, names }): ServedCertificate => ({ names, chain: pair.chain, key: pair.key }),
    );
    const refuseUnknown = tls.unknown === "refuse";
    const ready = { certificates, minimum: tls.minimum, refuseUnknown, ticketKeys: randomBytes(48) };
    if (listen.transport === "strict" && !STRICT.mixedKeys && !refuseUnknown && !hasOneKindOfKey(ready))
      warnings.push(`${where}: ${MIXED}`);
    return { ...listen, tls: ready };
  });
  if (problems.length === 0) return { listeners: ready, warnings };
  throw new StartError(
    "start-certificate",
    "the certificates of the gateway's listeners cannot be used",
    problems,
    NEXT,
  );
}

const MIXED =
  "RSA and ECDSA keys together: the strict transport turns clients away that name no server; give all certificates keys of one kind";

interface Named {
  readonly label: string;
  readonly names: readonly string[];
  readonly pair: Pair;
}

function readAll(source: CertificateConfiguration, folder: string, problems: string[]): Named[] {
  const attempt = <T>(read: () => T[]): T[] => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof PemError)) throw error;
      problems.push(error.message);
      return [];
    }
  };
  const pairs = "folder" in source ? attempt(() => pairsIn(source.folder, folder)) : [source];
  return pairs.flatMap((one) =>
    attempt(() => {
      const pair = readPair(one, folder);
      return [{ label: nameOf(one.certificate), names: dnsNames(pair.leaf), pair }];
    }),
  );
}

function warningsAbout(pairs: readonly Named[], now: number): string[] {
  const first = new Map<string, string>();
  return pairs.flatMap(({ label, names, pair }, index) => {
    const found: string[] = [];
    const validity = validityProblem(pair.leaf, now);
    if (pair.exposed !== null) found.push(pair.exposed);
    if (validity !== null) found.push(`the certificate of ${label} ${validity}; clients will refuse it`);
    if (names.length === 0 && index > 0) found.push(`the certificate of ${label} names no server, so nobody gets it`);
    for (const name of names) {
      const before = first.get(name);
      if (before === undefined) first.set(name, label);
      else found.push(`${name} is served with the certificate of ${before}; that of ${label} is for the same name`);
    }
    return found;
  });
}
