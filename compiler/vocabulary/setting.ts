/** The shape of a setting's vocabulary entry: written once, read by the checker, the reference and the editor. */

/** What the value of a setting may be, and what it becomes (see `StaticValue`). Ranges are inclusive, in the representation's unit. */
export type SettingType =
  | { readonly kind: "string" | "bool" | "url" | "cidr" }
  | { readonly kind: "int"; readonly min: number; readonly max: number }
  /** Milliseconds. */
  | { readonly kind: "duration"; readonly min: number; readonly max: number }
  /** Bytes. */
  | { readonly kind: "size"; readonly min: number; readonly max: number }
  /** One of these words, written without quotes; `computed`: one more that takes an expression in brackets, worked out for each request. */
  | { readonly kind: "word"; readonly words: readonly string[]; readonly computed?: string }
  /** Any of these; how it is written says which. */
  | { readonly kind: "either"; readonly of: readonly SettingType[] }
  | {
      readonly kind: "list";
      readonly of: SettingType;
      readonly min: number /** One value may stand without brackets. */;
      readonly single: boolean;
    }
  /** `without`: null where `none` is written ("possible"), or also where nothing is ("usual"); else its settings' defaults hold. */
  | { readonly kind: "record"; readonly settings: readonly Setting[]; readonly without?: "possible" | "usual" }
  /** `25ms..250ms`: two durations, in milliseconds; becomes `{ from, to }`. */
  | { readonly kind: "span"; readonly min: number; readonly max: number }
  /** A part of the whole, from 0% to 100%. */
  | { readonly kind: "percent" }
  /** A path that begins with "/", without a query. */
  | { readonly kind: "path" }
  /** `http(":8080", transport: strict)`: an address with settings of its own; becomes `{ word, address, port, … }`. */
  | { readonly kind: "listener"; readonly forms: readonly ListenerForm[] }
  /**
   * `certificate("cert.pem", key: "key.pem", passphrase: secret("P"))`, and with `folder` also `dir("certs")`: become a
   * `CertificateConfiguration` of the runtime, nothing read yet.
   */
  | { readonly kind: "certificate"; readonly folder: boolean }
  /** `file("ca.pem")`, read when the gateway starts: becomes a `PemSource` of the runtime. */
  | { readonly kind: "file" }
  /** `"Europe/Berlin"`: a zone of the IANA database. */
  | { readonly kind: "zone" }
  /** A DNS name. */
  | { readonly kind: "hostname" }
  /** Names of labels, one or a list; `none`: the word may stand for the empty list. */
  | { readonly kind: "labels"; readonly none?: true }
  /** `jwks("https://…")` becomes `{ kind: "jwks", url }`, `file("…")` a `FileValue`: keys that are known by none of their own. */
  | { readonly kind: "keys"; readonly forms: readonly ("jwks" | "file")[] }
  /** `2000tok`, `8ktok`, `1Mtok`: becomes a whole number of tokens. */
  | { readonly kind: "tokens"; readonly min: number; readonly max: number }
  /** `openai("gpt-4.1-mini")`: becomes `{ dialect, variant, model, base, settings }` (`vocabulary/providers.ts`). */
  | { readonly kind: "provider" }
  /** Names of models; whose, the checker finds out. Becomes a list of names. */
  | { readonly kind: "models" }
  /** `cheapest when p95 < 800ms else weights(mini: 9, large: 1)`: becomes a list of `{ by, weights?, when }` (`3-types/preference.ts`). */
  | { readonly kind: "preference" }
  /** `eu`, or with `several` `[eu, us]`: words of the program's own. Becomes a list of them. */
  | { readonly kind: "regions"; readonly several: boolean }
  /** `2026-12-01`, or `never`: becomes that text. */
  | { readonly kind: "date" }
  /** `{ "gpt-4o": mini, "claude-*": large }`: names that clients use, and names of models, which the checker resolves. Becomes the same record of texts. */
  | { readonly kind: "aliases" }
  /** `free`, or `{ in: $0.40/Mtok, out: $1.60/Mtok }`: becomes `{ currency, in, out, … }`, in micro-units for a million tokens. */
  | { readonly kind: "price" }
  /** `$25/day` or `500ktok/day`, or a list of them: becomes a list of `{ unit, currency, limit, period }`, in micro-units or tokens, and milliseconds or "month". */
  | { readonly kind: "budget" }
  /** `redis(secret("REDIS_URL"), when_away: allow)`: becomes `{ url, … }`. */
  | { readonly kind: "state"; readonly settings: readonly Setting[] }
  /** `otlp(env("OTLP", url), sample: 10%)`: becomes `{ url, … }`. */
  | { readonly kind: "traces"; readonly settings: readonly Setting[] }
  /** `{ authorization: secret("TOKEN") }`: header fields that are known when the gateway starts. Becomes a list of `{ name, value }`. */
  | { readonly kind: "fields" }
  /** `secret("A")`, or a list of several, each alone or as `{ secret: secret("A"), limit: 60/min, tokens: 200ktok/min }`: becomes an `EnvironmentValue`, or a list of `{ secret, limit, tokens }`. */
  | { readonly kind: "model-keys" }
  /** `200ktok/min`: becomes `{ count, per }`, `per` in milliseconds. */
  | { readonly kind: "token-rate" }
  /** `60/min`: becomes `{ count, per }`, `per` in milliseconds. */
  | { readonly kind: "rate" }
  /** Only `secret("X")`. */
  | { readonly kind: "secret" }
  /** A value computed for each request; `type` is in the notation of built-in signatures. */
  | { readonly kind: "expression"; readonly type: string }
  /** A record whose keys are free and whose values have this type (headers, query). */
  | { readonly kind: "entries"; readonly of: string };

export interface ListenerForm {
  readonly word: "http" | "https";
  readonly settings: readonly Setting[];
}

export interface Setting {
  readonly key: string;
  readonly type: SettingType;
  /** In the runtime's representation; null: none. A list setting's default is a list. */
  readonly default: unknown;
  readonly required: boolean;
  /** Whether `env("X", …)` may stand as the value: it is then checked when the gateway starts. */
  readonly environment: boolean;
  readonly documentation: string;
  /** As it would be written. */
  readonly example: string;
  readonly since: string;
}

type Given = Pick<Setting, "key" | "type" | "documentation" | "example"> & Partial<Setting>;

/** Fills in what most settings have in common. */
export function setting(given: Given): Setting {
  return { default: null, required: false, environment: false, since: "0.1", ...given };
}
