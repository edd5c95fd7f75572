/** The settings of `identity`, by its scheme. `claims` stands beside them: it holds types, not values. */
import { type Setting, setting } from "../setting.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

export const jwtSettings: readonly Setting[] = [
  setting({
    key: "issuer",
    type: { kind: "string" },
    required: true,
    environment: true,
    documentation: "Who issues the tokens: `iss` must be exactly this text.",
    example: 'issuer: "https://id.shop.example"',
  }),
  setting({
    key: "audience",
    type: { kind: "list", of: { kind: "string" }, min: 1, single: true },
    required: true,
    environment: true,
    documentation: "For whom tokens must be: `aud` must be, or contain, one of these texts.",
    example: 'audience: "shop"',
  }),
  setting({
    key: "keys",
    type: { kind: "keys", forms: ["jwks", "file"] },
    environment: true,
    documentation:
      'The issuer\'s public keys as a JWK set: fetched from `jwks("https://…")`, embedded from `file("…")` when building, or a text of the environment. Fetched keys are kept for `refresh`, fetched anew when a token names a key that is not among them (at most every 10 seconds), and go on serving while the issuer is away. Until the first fetch has succeeded callers get 503; the gateway starts without it. Keys that are not for signatures, private ones, RSA below 2048 bits and unknown kinds are left out.',
    example: 'keys: jwks("https://id.shop.example/.well-known/jwks.json")',
  }),
  setting({
    key: "secret",
    type: { kind: "secret" },
    documentation:
      "Instead of `keys`: a secret shared with the issuer, for `hs256` and its like. It has at least as many bytes as the hash (32 for `hs256`).",
    example: 'secret: secret("TOKEN_SECRET")',
  }),
  setting({
    key: "algorithms",
    type: {
      kind: "list",
      of: {
        kind: "word",
        words: [
          ...["rs256", "rs384", "rs512", "ps256", "ps384", "ps512"],
          ...["es256", "es384", "es512", "eddsa", "hs256", "hs384", "hs512"],
        ],
      },
      min: 1,
      single: true,
    },
    default: [],
    documentation:
      "The signature algorithms that are accepted. The key decides which of them it can be used with; what the token says only picks among those. Without it: `rs256`, `ps256`, `es256` and `eddsa` with `keys`, `hs256` with a `secret`.",
    example: "algorithms: [es256, eddsa]",
  }),
  setting({
    key: "header",
    type: { kind: "string" },
    default: "authorization",
    documentation:
      "The header field that holds the token. In `authorization` it stands behind `Bearer`, in any other field alone. The field is forwarded like any other; `remove request.header(…)` keeps it from services.",
    example: 'header: "x-session"',
  }),
  setting({
    key: "cookie",
    type: { kind: "string" },
    documentation: "Instead of a header field: the cookie that holds the token.",
    example: 'cookie: "session"',
  }),
  setting({
    key: "leeway",
    type: { kind: "duration", min: 0, max: MINUTE },
    default: 30_000,
    documentation: "By how much clocks may differ: `exp`, `nbf` and `iat` are judged with this tolerance.",
    example: "leeway: 10s",
  }),
  setting({
    key: "type",
    type: { kind: "string" },
    documentation:
      "What the token's `typ` must say, without regard to case. Without it: `JWT`, `at+jwt` or nothing, so that tokens made for another purpose (logout, DPoP) are not taken for these.",
    example: 'type: "at+jwt"',
  }),
  setting({
    key: "refresh",
    type: { kind: "duration", min: 1000, max: DAY },
    default: 10 * MINUTE,
    documentation: "After what time fetched keys are fetched again.",
    example: "refresh: 1h",
  }),
];

export const apiKeySettings: readonly Setting[] = [
  setting({
    key: "header",
    type: { kind: "list", of: { kind: "string" }, min: 1, single: true },
    default: ["x-api-key"],
    documentation:
      'The header field that holds the key, or several, of which the first that is there counts. In `authorization` the key stands behind `Bearer`, or alone. Clients of models send theirs in different ones: `["authorization", "x-api-key", "x-goog-api-key"]` takes those of OpenAI, Anthropic and Google. It is forwarded to services like any other field, unless `remove request.header(…)` keeps it from them; models never get it.',
    example: 'header: ["authorization", "x-api-key"]',
  }),
  setting({
    key: "keys",
    type: { kind: "keys", forms: ["file"] },
    required: true,
    environment: true,
    documentation:
      'The keys that are known, as a JSON list of records or one record a line, embedded from `file("…")` when building or read from the environment: `{"hash": "sha256:…", "id": "ci", "scope": ["build"]}`. `hash` is the SHA-256 of the key in lower-case hexadecimal digits; the other members are what `claims` reads. The keys themselves stand nowhere, so they must be long and random.',
    example: 'keys: env("API_KEYS")',
  }),
];

/** By the word behind `=`. */
export const identitySettings: { readonly [scheme: string]: readonly Setting[] } = {
  jwt: jwtSettings,
  api_key: apiKeySettings,
};
