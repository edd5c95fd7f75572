/**
 * The access token that Vertex AI is asked with: had once and used until shortly before it ends. Whoever needs one while none is there waits for the one request
 * that is under way; one that gets old is replaced beside the requests, which go on with it. There is no timer: age is looked at on use.
 */

/** Milliseconds before its end at which a token is replaced, and at which nobody uses it any more. */
const EARLY = 5 * 60_000;
const LAST = 30_000;
/** Younger ones are refused for another reason than their age. */
const YOUNG = 10_000;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;

export interface TokenParts {
  /** JSON: `access_token`, and `expires_in` seconds. Rejects with an Error that says why not. */
  readonly fetch: () => Promise<string>;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
}

export class AccessToken {
  readonly #parts: TokenParts;
  #fields: readonly string[] = [];
  #hadAt = Number.NEGATIVE_INFINITY;
  #endsAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  /** No request before this time. */
  #notBefore = Number.NEGATIVE_INFINITY;
  #problem = "";
  #underWay: Promise<void> | null = null;

  constructor(parts: TokenParts) {
    this.#parts = parts;
  }

  /** Header fields, flat; none while there is no token. */
  get fields(): readonly string[] {
    return this.#fields;
  }

  /** Null: there is one. Else resolves to why there is none; "": there is one now. */
  ready(): Promise<string> | null {
    const left = this.#endsAt - this.#parts.clock();
    if (left < EARLY) void this.#fetch();
    if (left > LAST) return null;
    return this.#fetch().then(() => (this.#endsAt - this.#parts.clock() > LAST ? "" : this.#problem));
  }

  /** Whoever was asked does not take the token, which may have been withdrawn before its end: the next request waits for another. */
  refused(): void {
    if (this.#parts.clock() - this.#hadAt >= YOUNG) this.#endsAt = Number.NEGATIVE_INFINITY;
  }

  /** One at a time, however many wait for it. Never rejects. */
  #fetch(): Promise<void> {
    // After a failure there is a pause, in which the same is told again.
    if (this.#underWay === null && this.#parts.clock() < this.#notBefore) return Promise.resolve();
    this.#underWay ??= this.#load().finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  async #load(): Promise<void> {
    const asked = this.#parts.clock();
    try {
      const { token, lifetime } = readToken(await this.#parts.fetch());
      this.#fields = ["authorization", `Bearer ${token}`];
      this.#hadAt = this.#parts.clock();
      this.#endsAt = asked + lifetime;
      this.#failures = 0;
      this.#problem = "";
      // One that ends soon is not asked for again at once.
      this.#notBefore = asked + FIRST_PAUSE;
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
      this.#notBefore = this.#parts.clock() + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#failures++);
    }
  }
}

function readToken(text: string): { readonly token: string; readonly lifetime: number } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("the answer is no JSON");
  }
  const fields = new Map(Object.entries(typeof value === "object" && value !== null ? value : {}));
  const token = fields.get("access_token");
  const seconds = fields.get("expires_in");
  // Anything else would end the header field and begin another.
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) throw new Error("the answer holds no access_token");
  if (typeof seconds !== "number" || !(seconds > 0)) throw new Error("the answer holds no expires_in");
  return { token, lifetime: seconds * 1000 };
}
