/**
 * Who asks Bedrock: a key of Bedrock's own as it is, or a signature of each request with an AWS key (Signature Version 4).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac } from "node:crypto";
import { isPieces } from "../../../pieces.ts";
import type { ProviderRequest, WrittenBody } from "../dialect.ts";

export interface AwsKey {
  readonly id: string;
  readonly secret: string;
  /** Of temporary credentials. */
  readonly sessionToken: string | null;
}

/** "ID:SECRET" or "ID:SECRET:SESSION-TOKEN"; null: a key of Bedrock's own. Neither identifiers nor secrets hold a colon. */
export function awsKey(key: string): AwsKey | null {
  const found = /^((?:AKIA|ASIA|AKID)[A-Z0-9]{4,124}):([^:\s]{16,256})(?::(\S+))?$/.exec(key.trim());
  if (found === null) return null;
  const [, id = "", secret = "", sessionToken = null] = found;
  return { id, secret, sessionToken };
}

/** The region in the base's host, such as "https://bedrock-runtime.us-east-1.amazonaws.com"; null: it names none. */
export function regionOf(base: string): string | null {
  return /^https?:\/\/bedrock-runtime(?:-fips)?[.]([a-z]{2}(?:-[a-z0-9]+)+-\d+)[.]/i.exec(base)?.[1] ?? null;
}

/** Gives the header fields that say who asks, for each request anew, since the signature covers body and time. */
export type Credentials = (request: ProviderRequest<WrittenBody>, now: number) => readonly string[];

/** `region`: `settings.region` or that of the base's host; `base`: names the host that is signed. */
export function bedrockCredentials(key: string, base: string, region: string | null): Credentials {
  const aws = awsKey(key);
  if (aws === null) {
    const fields = ["authorization", `Bearer ${key}`];
    return () => fields;
  }
  const signer = new Signer(aws, region ?? regionOf(base) ?? "us-east-1", "bedrock");
  const host = hostOf(base);
  return (request, now) => signer.sign(request, host, now);
}

/** As the HTTP client writes it: without the port where it is the scheme's own. */
function hostOf(base: string): string {
  const found = /^(https?):\/\/([^/?#]*)/i.exec(base);
  const [, scheme = "", authority = ""] = found ?? [];
  const usual = scheme.toLowerCase() === "http" ? ":80" : ":443";
  return (authority.endsWith(usual) ? authority.slice(0, -usual.length) : authority).toLowerCase();
}

export class Signer {
  readonly #key: AwsKey;
  readonly #region: string;
  readonly #service: string;
  /** The key of the day, which four hashes make of the secret. */
  #day = "";
  #dayKey: Buffer = Buffer.alloc(0);

  constructor(key: AwsKey, region: string, service: string) {
    this.#key = key;
    this.#region = region;
    this.#service = service;
  }

  /** The fields to add. All of the request's own fields are signed, and these, but for the signature itself. */
  sign(
    request: Pick<ProviderRequest<WrittenBody>, "target" | "headers" | "body"> & { readonly method: string },
    host: string,
    now: number,
  ): readonly string[] {
    const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, "");
    const added = ["x-amz-date", time];
    if (this.#key.sessionToken !== null) added.push("x-amz-security-token", this.#key.sessionToken);
    const fields = canonicalFields(["host", host, ...request.headers, ...added]);
    const signed = fields.map(([name]) => name).join(";");
    const [path = "", query = ""] = splitOnce(request.target, "?");
    const canonical = [
      request.method,
      canonicalPath(path),
      canonicalQuery(query),
      ...fields.map(([name, value]) => `${name}:${value}`),
      "",
      signed,
      sha256(request.body),
    ].join("\n");
    const day = time.slice(0, 8);
    const scope = `${day}/${this.#region}/${this.#service}/aws4_request`;
    const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`;
    const signature = hmac(this.#keyOf(day), toSign).toString("hex");
    added.push(
      "authorization",
      `AWS4-HMAC-SHA256 Credential=${this.#key.id}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
    );
    return added;
  }

  #keyOf(day: string): Buffer {
    if (this.#day !== day) {
      const dated = hmac(`AWS4${this.#key.secret}`, day);
      this.#dayKey = hmac(hmac(hmac(dated, this.#region), this.#service), "aws4_request");
      this.#day = day;
    }
    return this.#dayKey;
  }
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** By name, values of one name in their order and joined, white space single. */
function canonicalFields(headers: readonly string[]): [name: string, value: string][] {
  const fields = new Map<string, string>();
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = (headers[index] ?? "").toLowerCase();
    const value = (headers[index + 1] ?? "").trim().replace(/\s+/g, " ");
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : `${before},${value}`);
  }
  return [...fields].sort(([left], [right]) => (left < right ? -1 : 1));
}

/** The path as it is sent, each segment encoded once more. */
function canonicalPath(path: string): string {
  return path === "" ? "/" : path.split("/").map(encode).join("/");
}

function canonicalQuery(query: string): string {
  if (query === "") return "";
  return query
    .split("&")
    .map((pair) => splitOnce(pair, "="))
    .map(([name, value]) => [encode(decode(name)), encode(decode(value))] as const)
    .sort(([one, first], [other, second]) => (one === other ? (first < second ? -1 : 1) : one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** RFC 3986 §2.3: all but letters, digits, "-", ".", "_" and "~". */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Of a text, its UTF-8. */
function sha256(text: WrittenBody): string {
  return createHash("sha256")
    .update(typeof text !== "string" && isPieces(text) ? text.whole : text)
    .digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text, "utf8").digest();
}
