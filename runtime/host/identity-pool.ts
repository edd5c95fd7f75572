/**
 * The identities of one thread, shared by generations as services are: where the configuration is the same, keys that were
 * fetched and tokens that were verified outlive a swap. Nothing has to be closed: an identity has no timer and no connection.
 */
import type { IdentityConfiguration, Verifier } from "../identity/index.ts";

export type MakeVerifier = (configuration: IdentityConfiguration) => Verifier;

interface Entry {
  readonly verifier: Verifier;
  users: number;
}

export class IdentityPool {
  readonly #make: MakeVerifier;
  /** By configuration, as services. */
  readonly #entries = new Map<string, Entry>();

  constructor(make: MakeVerifier) {
    this.#make = make;
  }

  /** The identities of one generation by name. `release` what was acquired exactly once. Throws a `StartError`, having acquired nothing. */
  acquire(configurations: readonly IdentityConfiguration[]): Map<string, Verifier> {
    const made = configurations.map((configuration) => {
      const key = JSON.stringify(configuration);
      const entry = this.#entries.get(key) ?? { verifier: this.#make(configuration), users: 0 };
      return { name: configuration.name, key, entry };
    });
    const verifiers = new Map<string, Verifier>();
    for (const { name, key, entry } of made) {
      entry.users++;
      this.#entries.set(key, entry);
      verifiers.set(name, entry.verifier);
    }
    return verifiers;
  }

  release(configurations: readonly IdentityConfiguration[]): void {
    for (const configuration of configurations) {
      const key = JSON.stringify(configuration);
      const entry = this.#entries.get(key);
      if (entry === undefined) continue;
      entry.users--;
      if (entry.users === 0) this.#entries.delete(key);
    }
  }

  get size(): number {
    return this.#entries.size;
  }
}
