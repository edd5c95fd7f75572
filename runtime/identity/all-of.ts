/** `identify all(a, b)`: the caller must be known to each of several identities, each by its own credential. */
import { Failure } from "../failure.ts";
import type { Headers } from "../http/exchange.ts";
import { KEYS_AWAY, unauthenticated } from "./refusal.ts";
import type { Caller } from "./typed-claims.ts";
import type { Recogniser, Verifier } from "./verifier.ts";

/** The claims of each identity under the name that the program has for it. */
export type RecognisedAll = { readonly [name: string]: Caller };

export class AllOf implements Recogniser<RecognisedAll> {
  readonly #members: readonly { readonly name: string; readonly verifier: Verifier }[];

  constructor(members: readonly { readonly name: string; readonly verifier: Verifier }[]) {
    this.#members = members;
  }

  identify(headers: Headers): RecognisedAll | Failure | Promise<RecognisedAll | Failure> {
    const found = this.#members.map(({ verifier }) => verifier.identify(headers));
    const settled: (Caller | Failure)[] = [];
    for (const one of found) if (!(one instanceof Promise)) settled.push(one);
    if (settled.length === found.length) return this.#together(settled);
    return Promise.all(found).then((all) => this.#together(all));
  }

  /** The challenges are those of the credentials that are still missing or wrong. */
  #together(found: readonly (Caller | Failure)[]): RecognisedAll | Failure {
    const callers: { [name: string]: Caller } = {};
    const details: string[] = [];
    const challenges: string[] = [];
    let away = false;
    for (const [index, { name }] of this.#members.entries()) {
      const one = found[index];
      if (one === undefined || one === KEYS_AWAY) away = true;
      else if (!(one instanceof Failure)) callers[name] = one;
      else {
        details.push(`${name}: ${one.detail}`);
        if (one.challenge !== null) challenges.push(one.challenge);
      }
    }
    // Whoever is refused by one need not wait for another's keys.
    if (challenges.length > 0) return unauthenticated(details.join("; "), challenges.join(", "));
    return away ? KEYS_AWAY : callers;
  }
}
