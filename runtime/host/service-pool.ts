/**
 * The services of one thread, shared by generations: a generation whose service has the same configuration uses the same
 * pools, so a swap keeps upstream connections open. A pool closes when the last generation that used it is discarded.
 */
import type { Service, ServiceConfiguration } from "../abi.ts";

/** A service and the way to end its pools. */
export interface ManagedService extends Service {
  /** Closes idle connections and refuses new requests; those in flight end first. */
  close(): Promise<void>;
}

export type MakeService = (configuration: ServiceConfiguration) => ManagedService;

interface Entry {
  readonly service: ManagedService;
  users: number;
}

export class ServicePool {
  readonly #make: MakeService;
  /** By configuration: two generations may need differently configured services of one name for a while. */
  readonly #entries = new Map<string, Entry>();

  constructor(make: MakeService) {
    this.#make = make;
  }

  /** The services of one generation by name. `release` what was acquired exactly once. */
  acquire(configurations: readonly ServiceConfiguration[]): Map<string, Service> {
    const services = new Map<string, Service>();
    for (const configuration of configurations) {
      const key = JSON.stringify(configuration);
      let entry = this.#entries.get(key);
      if (entry === undefined) {
        entry = { service: this.#make(configuration), users: 0 };
        this.#entries.set(key, entry);
      }
      entry.users++;
      services.set(configuration.name, entry.service);
    }
    return services;
  }

  /** Resolves when pools that nobody uses any more have closed. */
  async release(configurations: readonly ServiceConfiguration[]): Promise<void> {
    const closing: Promise<void>[] = [];
    for (const configuration of configurations) {
      const key = JSON.stringify(configuration);
      const entry = this.#entries.get(key);
      if (entry === undefined) continue;
      entry.users--;
      if (entry.users > 0) continue;
      this.#entries.delete(key);
      closing.push(entry.service.close());
    }
    await Promise.all(closing);
  }

  get size(): number {
    return this.#entries.size;
  }
}
