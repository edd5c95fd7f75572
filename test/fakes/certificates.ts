/** Makes certificates for tests, of any names and times, signed by an authority of the test's own: X.509 in DER (RFC 5280), nothing but Node. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

export interface Issued {
  readonly certificate: string;
  /** PKCS #8, PEM. */
  readonly key: string;
  readonly keyObject: KeyObject;
  readonly subject: string;
}

export interface CertificateOptions {
  /** DNS names and IPv4 addresses. */
  readonly names?: readonly string[];
  readonly subject?: string;
  /** Whoever signs; left out: itself. */
  readonly issuer?: Issued;
  readonly authority?: boolean;
  readonly from?: Date;
  readonly to?: Date;
  readonly kind?: "ec" | "rsa" | "rsa1024" | "ed25519";
}

const DAY = 86_400_000;

export function issue(options: CertificateOptions = {}): Issued {
  const { names = [], issuer, authority = false, kind = "ec" } = options;
  const subject = options.subject ?? names[0] ?? "test";
  const { publicKey, privateKey } = keyPair(kind);
  const signer = issuer?.keyObject ?? privateKey;
  const [from, to] = [options.from ?? new Date(Date.now() - DAY), options.to ?? new Date(Date.now() + 30 * DAY)];
  const extensions = [
    extension("2.5.29.19", sequence(authority ? [der(0x01, Buffer.from([0xff]))] : []), true),
    ...(names.length > 0 ? [extension("2.5.29.17", sequence(names.map(generalName)))] : []),
  ];
  const body = sequence([
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithmOf(signer),
    distinguishedName(issuer?.subject ?? subject),
    sequence([time(from), time(to)]),
    distinguishedName(subject),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(extensions)),
  ]);
  const signature = sign(signer.asymmetricKeyType === "ed25519" ? null : "sha256", body, signer);
  const whole = sequence([body, algorithmOf(signer), der(0x03, Buffer.concat([Buffer.from([0]), signature]))]);
  const text = whole.toString("base64").replace(/.{1,64}/g, "$&\n");
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${text}-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    keyObject: privateKey,
    subject,
  };
}

function keyPair(kind: NonNullable<CertificateOptions["kind"]>): { publicKey: KeyObject; privateKey: KeyObject } {
  if (kind === "ec") return generateKeyPairSync("ec", { namedCurve: "P-256" });
  if (kind === "ed25519") return generateKeyPairSync("ed25519");
  return generateKeyPairSync("rsa", { modulusLength: kind === "rsa" ? 2048 : 1024 });
}

function algorithmOf({ asymmetricKeyType }: KeyObject): Buffer {
  if (asymmetricKeyType === "ec") return sequence([objectIdentifier("1.2.840.10045.4.3.2")]);
  if (asymmetricKeyType === "ed25519") return sequence([objectIdentifier("1.3.101.112")]);
  return sequence([objectIdentifier("1.2.840.113549.1.1.11"), der(0x05, Buffer.alloc(0))]);
}

function generalName(name: string): Buffer {
  const isAddress = /^\d+\.\d+\.\d+\.\d+$/.test(name);
  return isAddress ? der(0x87, Buffer.from(name.split(".").map(Number))) : der(0x82, Buffer.from(name));
}

function extension(identifier: string, value: Buffer, critical = false): Buffer {
  const isCritical = critical ? [der(0x01, Buffer.from([0xff]))] : [];
  return sequence([objectIdentifier(identifier), ...isCritical, der(0x04, value)]);
}

function distinguishedName(name: string): Buffer {
  const attribute = sequence([objectIdentifier("2.5.4.3"), der(0x0c, Buffer.from(name))]);
  return sequence([der(0x31, attribute)]);
}

/** UTCTime, as RFC 5280 §4.1.2.5 wants it before 2050. */
function time(date: Date): Buffer {
  const text = date.toISOString().replace(/[-:T]/g, "").slice(2, 14);
  return der(0x17, Buffer.from(`${text}Z`));
}

function integer(value: Buffer): Buffer {
  return der(0x02, value);
}

function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return der(0x06, Buffer.from(bytes));
}

function sequence(items: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(items));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}
