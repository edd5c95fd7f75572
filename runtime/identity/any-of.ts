/**
 * `identify a or b`: the caller is one of several. A request is judged by one credential: the first in the order of the program that it
 * carries. Only identities that read it from the same place are asked about it, so a credential that is refused is not made good by
 * another one beside it, and what stands in other places is not looked at.
 */
import { Failure } from "../failure.ts";
import type { Headers } from "../http/exchange.ts";
import { KEYS_AWAY, unauthenticated } from "./refusal.ts";
import type { Caller } from "./typed-claims.ts";
import type { Recogniser, Verifier } from "./verifier.ts";

/** Who of several it was. */
export interface RecognisedOne {
  readonly identity: string;
  readonly claims: Caller;
}

interface Member {
  readonly name: string;
  readonly verifier: Verifier;
}

export class AnyOf implements Recogniser<RecognisedOne> {
  readonly #members: readonly Member[];
  readonly #missing: Failure;

  constructor(members: readonly Member[]) {
    this.#members = members;
    const challenges = members.map(({ verifier }) => verifier.challenge);
    this.#missing = unauthenticated("no credential was sent", challenges.join(", "));
  }

  identify(headers: Headers): RecognisedOne | Failure | Promise<RecognisedOne | Failure> {
    const places = this.#members.map(({ verifier }) => verifier.place(headers));
    const place = places.find((one) => one !== null);
    if (place === undefined) return this.#missing;
    const asked = this.#members.filter((_, index) => places[index] === place);
    // A token of the second identity, known for long, should not be verified by the first with each request.
    for (const { name, verifier } of asked) {
      const claims = verifier.known(headers);
      if (claims !== null) return { identity: name, claims };
    }
    return this.#ask(asked, 0, [], headers);
  }

  /** One after the other from `index` on; `refusals` are those before. */
  #ask(
    asked: readonly Member[],
    index: number,
    refusals: Failure[],
    headers: Headers,
  ): RecognisedOne | Failure | Promise<RecognisedOne | Failure> {
    const member = asked[index];
    if (member === undefined) return this.#refusal(asked, refusals);
    const settle = (found: Caller | Failure): RecognisedOne | Failure | Promise<RecognisedOne | Failure> => {
      if (!(found instanceof Failure)) return { identity: member.name, claims: found };
      refusals.push(found);
      return this.#ask(asked, index + 1, refusals, headers);
    };
    const found = member.verifier.identify(headers);
    return found instanceof Promise ? found.then(settle) : settle(found);
  }

  /** While the keys of one that was asked are unknown, nobody knows whether it would have recognised the caller. */
  #refusal(asked: readonly Member[], refusals: readonly Failure[]): Failure {
    if (refusals.includes(KEYS_AWAY)) return KEYS_AWAY;
    const details = refusals.map(({ detail }, index) => `${asked[index]?.name}: ${detail}`);
    const challenges = this.#members.map((member) => {
      const at = asked.indexOf(member);
      return refusals[at]?.challenge ?? member.verifier.challenge;
    });
    return unauthenticated(details.join("; "), challenges.join(", "));
  }
}
