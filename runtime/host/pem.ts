/** Reads what a configuration names as PEM: certificates and private keys, with sentences for people about what is wrong and never a byte of them. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { PemSource } from "../abi.ts";

/** A problem that a start is refused for; the message names the file, never what is in it. */
export class PemError extends Error {}

/** Nobody's chain is longer; a device or a mistaken path would not end. */
const LONGEST = 1024 * 1024;
/** The bits of a file's mode that let everybody read it, or change it. */
const READABLE = 0o004;
const WRITABLE = 0o002;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const SMALLEST_RSA = 2048;
const CURVES = ["prime256v1", "secp384r1", "secp521r1"];

/** What people call the source. */
export function nameOf(source: PemSource): string {
  return "file" in source ? source.file : "the text of the environment";
}

/** `folder`: where relative paths begin. Throws a `PemError`. */
export function readPem(source: PemSource, folder: string, secret: boolean): string {
  if ("text" in source) return source.text;
  const path = resolve(folder, source.file);
  try {
    const { size, mode } = statSync(path);
    if (size > LONGEST) throw new PemError(`${source.file} is longer than 1 MiB`);
    if (secret && process.platform !== "win32" && (mode & WRITABLE) !== 0)
      throw new PemError(
        `${source.file} may be changed by everybody on this machine (mode ${(mode & 0o777).toString(8)}): chmod o= ${path}`,
      );
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof PemError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT") throw new PemError(`${source.file} is not there (looked for at ${path})`);
    throw new PemError(`${source.file} cannot be read (${code})`);
  }
}

/**
 * A sentence about who else may read a secret file that could be read; null: nobody. No reason to refuse it: container platforms mount secrets so,
 * where there is nobody else.
 */
export function exposure(source: PemSource, folder: string): string | null {
  if ("text" in source || process.platform === "win32") return null;
  const path = resolve(folder, source.file);
  const { mode } = statSync(path);
  if ((mode & READABLE) === 0) return null;
  return `${source.file} may be read by everybody on this machine (mode ${(mode & 0o777).toString(8)}): chmod o= ${path}`;
}

/** One or more certificates, in their order. `name`: whose text it is. Throws a `PemError`. */
export function parseCertificates(text: string, name: string): readonly [X509Certificate, ...X509Certificate[]] {
  const [first, ...others] = (text.match(CERTIFICATE) ?? []).map((one) => {
    try {
      return new X509Certificate(one);
    } catch {
      throw new PemError(`${name} holds a certificate that cannot be read`);
    }
  });
  if (first === undefined) throw new PemError(`${name} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)`);
  return [first, ...others];
}

/** Of a kind that both transports and every client can use. Throws a `PemError`. */
export function parseKey(text: string, name: string, passphrase: string | null): KeyObject {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    throw new PemError(`${name} holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)`);
  let key: KeyObject;
  try {
    key = createPrivateKey(passphrase === null ? text : { key: text, passphrase });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ERR_MISSING_PASSPHRASE" || (passphrase === null && /ENCRYPTED/.test(text)))
      throw new PemError(`${name} is encrypted: give its passphrase`);
    throw new PemError(
      passphrase === null ? `${name} holds a key that cannot be read` : `${name} cannot be opened with its passphrase`,
    );
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === "rsa" && (details?.modulusLength ?? 0) >= SMALLEST_RSA) return key;
  if (type === "ec" && CURVES.includes(details?.namedCurve ?? "")) return key;
  throw new PemError(
    `${name} holds a key of a kind that is not served: RSA from 2048 bits, or ECDSA on P-256, P-384 or P-521`,
  );
}

/** Chain and key as the transports take them. */
export interface Pair {
  readonly leaf: X509Certificate;
  readonly chain: string;
  readonly key: string;
  /** Who else may read the key; null: nobody. */
  readonly exposed: string | null;
}

/** Throws a `PemError` where a file cannot be read or the key belongs to another certificate. */
export function readPair(
  source: { readonly certificate: PemSource; readonly key: PemSource; readonly passphrase: string | null },
  folder: string,
): Pair {
  const certificates = parseCertificates(readPem(source.certificate, folder, false), nameOf(source.certificate));
  const [leaf] = certificates;
  const key = parseKey(readPem(source.key, folder, true), nameOf(source.key), source.passphrase);
  if (!leaf.checkPrivateKey(key))
    throw new PemError(
      `the key of ${nameOf(source.key)} does not belong to the certificate of ${nameOf(source.certificate)}`,
    );
  return {
    leaf,
    chain: certificates.map((certificate) => certificate.toString()).join(""),
    key: key.export({ type: "pkcs8", format: "pem" }).toString(),
    exposed: exposure(source.key, folder),
  };
}

/** The names that a certificate is for, as a client's server name is compared: lower case, without addresses. */
export function dnsNames({ subjectAltName }: X509Certificate): string[] {
  return (subjectAltName ?? "")
    .split(", ")
    .filter((entry) => entry.startsWith("DNS:"))
    .map((entry) => entry.slice("DNS:".length).toLowerCase())
    .filter((name) => /^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name));
}

/** A sentence about its validity; null: it is valid for a while. */
export function validityProblem({ validFrom, validTo }: X509Certificate, now: number): string | null {
  if (Date.parse(validTo) <= now) return `expired on ${new Date(validTo).toISOString()}`;
  if (Date.parse(validFrom) > now) return `is not valid before ${new Date(validFrom).toISOString()}`;
  return null;
}
