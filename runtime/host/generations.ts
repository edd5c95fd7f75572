/**
 * The order of a swap over all threads: verify → prepare everywhere → activate everywhere, or nothing at all. Swaps run one after the
 * other. What was serving stays known, so that one can go back to it.
 */
import type { Configuration } from "../abi.ts";
import { StartError } from "../start-error.ts";
import { type Artifact, type BundleSource, readArtifact } from "./artifact.ts";
import { settingsThatNeedRestart } from "./configuration.ts";
import type { HostLog } from "./host-log.ts";
import type { Thread } from "./thread.ts";

export interface GenerationInfo {
  readonly id: number;
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

export interface ServedGeneration extends GenerationInfo {
  readonly artifact: Artifact;
  readonly configuration: Configuration;
}

export interface GenerationsParts {
  readonly threads: readonly Thread[];
  readonly log: HostLog;
  /** `configure` of the artifact under the gateway's environment and overrides. Throws a `StartError`. */
  readonly configure: (artifact: Artifact) => Configuration;
  /** Told of each artifact that new requests go to. */
  readonly serving: (artifact: Artifact) => void;
}

export class Generations {
  readonly #parts: GenerationsParts;
  #current: ServedGeneration | null = null;
  #previous: ServedGeneration | null = null;
  #lastId = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #stopping = false;
  /** Swaps and rollbacks since the start. */
  readonly counts = { served: 0, refused: 0 };

  constructor(parts: GenerationsParts) {
    this.#parts = parts;
  }

  get current(): ServedGeneration {
    if (this.#current === null) throw new Error("no generation is active");
    return this.#current;
  }

  /** What `rollback` would go back to. */
  get previous(): GenerationInfo | null {
    return this.#previous;
  }

  /** The first generation, before the listeners open. */
  async first(artifact: Artifact, configuration: Configuration): Promise<void> {
    await this.#bring(artifact, configuration);
  }

  /** Rejects with a `StartError`; the old generation serves on. A bundle that is already serving is left alone. */
  swap(source: BundleSource): Promise<GenerationInfo> {
    return this.#inTurn(async () => {
      const known = [this.#current, this.#previous].flatMap((generation) => generation?.artifact ?? []);
      const artifact = await readArtifact(source, known);
      if (artifact.hash === this.current.hash) return this.current;
      return this.#replace(artifact);
    });
  }

  /** Back to the generation before this one (and forth again when called twice). Rejects with a `StartError`. */
  rollback(): Promise<GenerationInfo> {
    return this.#inTurn(async () => {
      const target = this.#previous;
      if (target === null) {
        throw new StartError(
          "rollback-none",
          "no generation served before this one",
          [],
          "Swap to the bundle that you want instead.",
        );
      }
      return this.#replace(target.artifact);
    });
  }

  /** Refuses every swap from now on and waits for the one under way. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#queue;
  }

  #inTurn(work: () => Promise<GenerationInfo>): Promise<GenerationInfo> {
    const run = this.#queue.then(async () => {
      if (this.#stopping) {
        throw new StartError("swap-stopping", "the gateway is stopping", [], "Ask the gateway that replaces this one.");
      }
      try {
        const generation = await work();
        this.counts.served++;
        return generation;
      } catch (error) {
        this.counts.refused++;
        this.#parts.log("error", "generation.refused", {
          message: "the new generation was refused; the old one serves on",
          serving: this.current.hash,
          code: error instanceof StartError ? error.code : null,
          reason: error instanceof Error ? error.message : String(error),
          problems: error instanceof StartError ? error.problems : [],
        });
        throw error;
      }
    });
    this.#queue = run.catch(() => undefined);
    return run;
  }

  async #replace(artifact: Artifact): Promise<GenerationInfo> {
    const configuration = this.#parts.configure(artifact);
    const fixed = settingsThatNeedRestart(this.current.configuration.gateway, configuration.gateway);
    if (fixed.length > 0) {
      throw new StartError(
        "swap-restart",
        `the new program changes ${fixed.join(", ")}, which a running gateway cannot change`,
        fixed,
        "Restart the gateway with the new bundle.",
      );
    }
    await otherWork();
    return this.#bring(artifact, configuration);
  }

  async #bring(artifact: Artifact, configuration: Configuration): Promise<GenerationInfo> {
    const { threads, log, serving } = this.#parts;
    const id = ++this.#lastId;
    const prepared = await Promise.allSettled(threads.map((thread) => thread.prepare({ id, artifact })));
    const refusal = prepared.find((result) => result.status === "rejected");
    if (refusal !== undefined) {
      await Promise.all(
        threads.map((thread, index) => prepared[index]?.status === "fulfilled" && thread.abandon({ id })),
      );
      throw refusal.reason;
    }
    await otherWork();
    await Promise.all(threads.map((thread) => thread.activate({ id })));
    this.#previous = this.#current;
    this.#current = { id, hash: artifact.hash, since: Date.now(), artifact, configuration };
    serving(artifact);
    log("info", "generation.serving", {
      generation: id,
      hash: artifact.hash,
      previous: this.#previous?.hash ?? null,
    });
    return this.#current;
  }
}

/** With one thread, requests are served by the thread that swaps: they come between its steps. */
function otherWork(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
