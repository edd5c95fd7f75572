/** What `/status` and `vgw status` tell, gathered from all threads. */
import type { GenerationInfo, Generations } from "./generations.ts";
import type { BoundListener, ThreadStatus } from "./thread.ts";
import type { ThreadAnswers } from "./thread-answers.ts";
import type { TransportChoice } from "./transport-choice.ts";

export interface GatewayStatus {
  readonly name: string;
  readonly state: "serving" | "draining";
  /** Seconds. */
  readonly uptime: number;
  readonly node: string;
  readonly generations: {
    readonly serving: GenerationStatus;
    /** Where `rollback` goes; null: nowhere. */
    readonly previous: Omit<GenerationStatus, "inFlight"> | null;
    /** Old generations that still answer requests. */
    readonly draining: readonly { readonly id: number; readonly inFlight: number }[];
  };
  /** Of one that is silent: as it was when it last answered, if it ever did. */
  readonly threads: readonly ThreadStatus[];
  /** Numbers of the threads that did not answer within a second. */
  readonly silent: readonly number[];
  readonly listeners: readonly BoundListener[];
  /** Which implementation serves, in which version, by transport. */
  readonly transports: TransportChoice["descriptions"];
  readonly warnings: readonly string[];
}

interface GenerationStatus {
  readonly id: number;
  readonly hash: string;
  /** RFC 3339. */
  readonly since: string;
  readonly inFlight: number;
}

export interface StatusParts {
  readonly startedAt: number;
  readonly threads: ThreadAnswers<ThreadStatus>;
  readonly generations: Generations;
  readonly listeners: readonly BoundListener[];
  readonly choice: TransportChoice;
  readonly draining: boolean;
}

export async function gatewayStatus(parts: StatusParts): Promise<GatewayStatus> {
  const answers = await parts.threads.gather();
  const threads = answers.map(({ value }) => value).filter((value) => value !== null);
  const silent = answers.flatMap(({ fresh }, thread) => (fresh ? [] : [thread]));
  const { current, previous } = parts.generations;
  const inFlight = new Map<number, number>();
  for (const generation of threads.flatMap((thread) => thread.generations)) {
    inFlight.set(generation.id, (inFlight.get(generation.id) ?? 0) + generation.inFlight);
  }
  return {
    name: current.configuration.gateway.name,
    state: parts.draining ? "draining" : "serving",
    uptime: Math.round((Date.now() - parts.startedAt) / 1000),
    node: process.version,
    generations: {
      serving: { ...described(current), inFlight: inFlight.get(current.id) ?? 0 },
      previous: previous === null ? null : described(previous),
      draining: [...inFlight].filter(([id]) => id !== current.id).map(([id, count]) => ({ id, inFlight: count })),
    },
    threads,
    silent,
    listeners: parts.listeners,
    transports: parts.choice.descriptions,
    warnings: parts.choice.warnings,
  };
}

function described({ id, hash, since }: GenerationInfo): Omit<GenerationStatus, "inFlight"> {
  return { id, hash, since: new Date(since).toISOString() };
}
