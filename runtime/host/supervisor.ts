/**
 * The small process that stays when the gateway's process aborts, is killed or hangs: it starts it, watches its heartbeat, restarts it
 * with back-off and says why. It loads no program and opens no socket.
 */
import { type ChildProcess, fork } from "node:child_process";
import type { Artifact } from "./artifact.ts";
import type { HostLog } from "./host-log.ts";
import { KeptArtifacts } from "./kept-artifacts.ts";

/** From the gateway's process to the supervisor. */
export type ChildMessage =
  | { readonly type: "ready" }
  | { readonly type: "beat" }
  /** New requests go to this program: the one to go on with, should the process end. Only its hash where it is among those that served last. */
  | { readonly type: "serving"; readonly artifact: Artifact | Pick<Artifact, "hash"> }
  /** The process is about to be useless and asks to be replaced; `reason` is logged. */
  | { readonly type: "failing"; readonly reason: string };

/** From the supervisor to the gateway's process. */
export type ParentMessage =
  /** The first: what is to be served; null: what lies in the folder. */
  | { readonly type: "serve"; readonly artifact: Artifact | null }
  | { readonly type: "drain" }
  | { readonly type: "reload" };

/**
 * Where the gateway's process writes its log: the supervisor's standard output under another number. Native code that prints
 * (uWebSockets.js does, for each name of a TLS listener) reaches standard error instead, and breaks no line of the log.
 */
export const LOG_DESCRIPTOR = 4;

export interface SupervisorOptions {
  /** The file to run, and its arguments. */
  readonly entry: string;
  readonly arguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Milliseconds without a heartbeat after which the process is killed. */
  readonly hangLimit: number;
  readonly log: HostLog;
}

const FIRST_WAIT = 100;
const LONGEST_WAIT = 10_000;
/** A process that served this long is well: the next restart waits little again. */
const WELL_AFTER = 60_000;

/** 128 + SIGINT, as shells have it. */
const INTERRUPTED = 130;

/** Runs until the gateway has ended for good; resolves to the exit code. */
export function supervise(options: SupervisorOptions): Promise<number> {
  return new Promise((resolve) => {
    new Supervisor(options, resolve).start();
  });
}

class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #finish: (code: number) => void;
  #child: ChildProcess | null = null;
  #everReady = false;
  #readyAt = 0;
  #wait = FIRST_WAIT;
  #stopping = false;
  #interrupted = false;
  #reason: string | null = null;
  /** What served last: a swap must outlive the process that it was made in. null: nothing yet. */
  #serving: Artifact | null = null;
  /** As the process knows it too: it begins anew with each. */
  #kept = new KeptArtifacts<Artifact>();
  #watchdog: NodeJS.Timeout | null = null;
  #restart: NodeJS.Timeout | null = null;

  constructor(options: SupervisorOptions, finish: (code: number) => void) {
    this.#options = options;
    this.#finish = finish;
  }

  start(): void {
    process.on("SIGTERM", this.#onTerminate);
    process.on("SIGINT", this.#onInterrupt);
    process.on("SIGHUP", this.#onHangUp);
    this.#spawn();
  }

  #spawn(): void {
    this.#restart = null;
    this.#reason = null;
    this.#readyAt = 0;
    this.#kept = new KeptArtifacts();
    const child = fork(this.#options.entry, [...this.#options.arguments], {
      env: this.#options.environment,
      stdio: ["inherit", 2, "inherit", "ipc", 1],
      // Artifacts are large, and hold octets.
      serialization: "advanced",
    });
    this.#child = child;
    this.#send({ type: "serve", artifact: this.#serving });
    child.on("message", (message: ChildMessage) => this.#receive(child, message));
    child.on("error", (error) => {
      this.#reason = error.message;
    });
    child.on("exit", (code, signal) => this.#ended(code, signal));
  }

  #receive(child: ChildProcess, message: ChildMessage): void {
    switch (message.type) {
      case "ready":
        this.#everReady = true;
        this.#readyAt = performance.now();
        this.#feed(child);
        break;
      case "beat":
        this.#feed(child);
        break;
      case "serving":
        this.#serves(message.artifact);
        break;
      case "failing":
        this.#reason = message.reason;
        break;
    }
  }

  #serves(told: Artifact | Pick<Artifact, "hash">): void {
    const artifact = "code" in told ? told : this.#kept.get(told.hash);
    if (artifact === null) return;
    this.#kept.note(artifact);
    this.#serving = artifact;
  }

  /** Starts the time until the next heartbeat must have come. The first one comes when the gateway is ready: loading may take its time. */
  #feed(child: ChildProcess): void {
    if (this.#watchdog !== null) clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => {
      this.#reason = `no heartbeat for ${this.#options.hangLimit} ms`;
      child.kill("SIGKILL");
    }, this.#options.hangLimit);
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): void {
    this.#child = null;
    if (this.#watchdog !== null) clearTimeout(this.#watchdog);
    this.#watchdog = null;
    // One that never served has reported what kept it from starting, which will not go away by itself.
    if (this.#stopping || code === 0 || !this.#everReady) {
      if (code === null && !this.#stopping) {
        this.#options.log("error", "supervisor.failed", {
          message: "the gateway's process was ended before it served",
          signal,
          reason: this.#reason,
        });
      }
      this.#end(this.#interrupted ? INTERRUPTED : (code ?? 1));
      return;
    }
    // What served once does not start any more: the folder's may.
    if (this.#readyAt === 0) this.#serving = null;
    else if (performance.now() - this.#readyAt > WELL_AFTER) this.#wait = FIRST_WAIT;
    const wait = this.#wait;
    this.#wait = Math.min(LONGEST_WAIT, wait * 2);
    this.#options.log("error", "supervisor.restart", {
      message: "the gateway's process ended and is started again",
      exit: code,
      signal,
      reason: this.#reason,
      program: this.#serving?.hash ?? null,
      waitMilliseconds: wait,
    });
    this.#restart = setTimeout(() => this.#spawn(), wait);
  }

  #end(code: number): void {
    process.off("SIGTERM", this.#onTerminate);
    process.off("SIGINT", this.#onInterrupt);
    process.off("SIGHUP", this.#onHangUp);
    this.#finish(code);
  }

  #stop(): void {
    this.#stopping = true;
    if (this.#restart !== null) {
      clearTimeout(this.#restart);
      this.#end(0);
    } else {
      this.#send({ type: "drain" });
    }
  }

  #send(message: ParentMessage): void {
    if (this.#child?.connected === true) this.#child.send(message);
  }

  readonly #onTerminate = (): void => {
    if (!this.#stopping) this.#stop();
  };

  readonly #onInterrupt = (): void => {
    if (!this.#stopping) {
      this.#stop();
      return;
    }
    this.#interrupted = true;
    this.#child?.kill("SIGKILL");
  };

  readonly #onHangUp = (): void => {
    this.#send({ type: "reload" });
  };
}
