/**
 * `identity x = api_key { … }`: keys known by their SHA-256 only. A key that is wrong and one that nobody has are the same thing
 * here: one hash, one look-up by it and one comparison in constant time. A key that was right lately is known again by its fingerprint.
 */
import * as crypto from "node:crypto";
import type { Failure } from "../failure.ts";
import type { Headers } from "../http/exchange.ts";
import { StartError } from "../start-error.ts";
import type { ApiKeyConfiguration } from "./configuration.ts";
import { RecentKeys } from "./recent-keys.ts";
import { hasDuplicates, isJsonObject, type JsonObject } from "./strict-json.ts";
import { unauthenticated } from "./refusal.ts";
import { type Caller, typedClaims } from "./typed-claims.ts";
import type { Verifier } from "./verifier.ts";

interface KnownKey {
  readonly hash: Buffer;
  readonly caller: Caller;
}

const HASH = /^sha256:([0-9a-f]{64})$/;
/** Of a presented key; longer ones are not hashed. */
const LONGEST_KEY = 1024;

export class ApiKeyVerifier implements Verifier {
  readonly #headers: readonly string[];
  readonly #keys: ReadonlyMap<string, KnownKey>;
  readonly #recent: RecentKeys<Caller>;
  readonly challenge: string;
  readonly #missing: Failure;
  readonly #refused: Failure;
  /** Compared with where no key has the hash: the same work is done. */
  readonly #nobody: KnownKey = { hash: Buffer.alloc(32), caller: {} };

  /** Throws a `StartError` that names every record which is not right, by its place and never by its content. */
  constructor(configuration: ApiKeyConfiguration) {
    this.#headers = configuration.headers;
    this.#keys = knownKeys(configuration);
    this.#recent = new RecentKeys(this.#keys.size);
    const scheme = configuration.headers.includes("authorization") ? "Bearer" : "ApiKey";
    this.challenge = `${scheme} realm="${configuration.name}"`;
    this.#missing = unauthenticated("no key was sent", this.challenge);
    this.#refused = unauthenticated("nobody has this key", this.challenge);
  }

  place(headers: Headers): string | null {
    return this.#headers.find((name) => keyIn(headers, name) !== null) ?? null;
  }

  /** A look-up costs a hash at most, so whoever asks for all of it loses nothing. */
  known(): null {
    return null;
  }

  identify(headers: Headers): Caller | Failure {
    for (const name of this.#headers) {
      const key = keyIn(headers, name);
      if (key === null) continue;
      if (key === false || key.length > LONGEST_KEY) return this.#refused;
      return this.#recent.find(key) ?? this.#look(key);
    }
    return this.#missing;
  }

  /** Just looked for among those that came lately. */
  #look(only: string): Caller | Failure {
    const digits = sha256(only);
    const found = this.#keys.get(digits);
    const same = crypto.timingSafeEqual((found ?? this.#nobody).hash, Buffer.from(digits, "hex"));
    if (!same || found === undefined) return this.#refused;
    this.#recent.keep(found.caller);
    return found.caller;
  }
}

/** The key that a field holds. null: the field is not there, or holds another scheme's credential; false: it is there more than once. */
function keyIn(headers: Headers, name: string): string | null | false {
  let only: string | null = null;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] !== name) continue;
    if (only !== null) return false;
    only = headers[index + 1] ?? "";
  }
  if (only === null || name !== "authorization") return only;
  // Keys have no spaces, so what stands before one is a scheme (RFC 9110 §11.4).
  const space = only.indexOf(" ");
  if (space < 0) return only;
  return /^bearer$/i.test(only.slice(0, space)) ? only.slice(space).trim() : null;
}

/** In hexadecimal digits. In one call where Node has it (20.12), which costs half of a hash object. */
const sha256: (text: string) => string =
  typeof crypto.hash === "function"
    ? (text) => crypto.hash("sha256", text, "hex")
    : (text) => crypto.createHash("sha256").update(text).digest("hex");

function knownKeys({ name, keys, claims }: ApiKeyConfiguration): Map<string, KnownKey> {
  const problems: string[] = [];
  const known = new Map<string, KnownKey>();
  const records = recordsOf(keys);
  if (records === null) problems.push("they are neither a JSON list nor one JSON record a line");
  for (const [index, record] of (records ?? []).entries()) {
    const place = `record ${index + 1}`;
    if (record === null) {
      problems.push(`${place} is no JSON record, or has a member twice`);
      continue;
    }
    const digits = typeof record.hash === "string" ? HASH.exec(record.hash)?.[1] : undefined;
    const caller = typedClaims(record, claims);
    if (digits === undefined) problems.push(`${place}: hash is not "sha256:" and 64 lower-case hexadecimal digits`);
    else if (caller === null) problems.push(`${place}: a claim is missing or not of its type`);
    else if (known.has(digits)) problems.push(`${place} has the hash of a record before`);
    else known.set(digits, { hash: Buffer.from(digits, "hex"), caller });
  }
  if (problems.length === 0) return known;
  const next = "Mend the file or the variable that the identity's `keys` are read from.";
  throw new StartError("start-configuration", `the keys of the identity ${name} are not valid`, problems, next);
}

/** null entries are no records; null: neither form. */
function recordsOf(text: string): readonly (JsonObject | null)[] | null {
  const trimmed = text.trim();
  if (!trimmed.startsWith("[")) {
    const lines = trimmed.split("\n").filter((line) => line.trim() !== "");
    return lines.map((line) => recordOf(parsed(line)));
  }
  const list = parsed(trimmed);
  return Array.isArray(list) ? list.map(recordOf) : null;
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return hasDuplicates(text) ? undefined : value;
  } catch {
    return undefined;
  }
}

function recordOf(value: unknown): JsonObject | null {
  return isJsonObject(value) ? value : null;
}
