/** A real Redis on a port of its own, for tests: it can be stopped, killed, frozen and started again with what it had written down. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadRedis, type Reply } from "../../runtime/redis/client.ts";

/** null: there is none on this machine. */
export const REDIS_SERVER: string | null = found();

function found(): string | null {
  try {
    return execFileSync("sh", ["-c", "command -v redis-server || command -v valkey-server"], {
      encoding: "utf8",
    }).trim();
  } catch {
    return null;
  }
}

export class RedisServer {
  readonly #arguments: readonly string[];
  readonly #folder = mkdtempSync(join(tmpdir(), "vgw-redis-"));
  #child: ChildProcess | null = null;
  port = 0;

  /** Everything that it has answered is on the disk, so nothing is lost when it is killed. */
  constructor(...more: readonly string[]) {
    this.#arguments = ["--save", "", "--appendonly", "yes", "--appendfsync", "always", ...more];
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Again: at the same place, with what it had. */
  async start(): Promise<this> {
    for (let attempt = 0; ; attempt++) {
      if (this.port === 0) this.port = await freePort();
      const place = ["--port", `${this.port}`, "--bind", "127.0.0.1", "--dir", this.#folder];
      const child = spawn(REDIS_SERVER ?? "redis-server", [...place, ...this.#arguments], { stdio: "ignore" });
      this.#child = child;
      if (await this.#answers(child)) return this;
      // Somebody else took the port in between.
      if (attempt === 5) throw new Error("redis-server does not start");
      this.port = 0;
    }
  }

  /** Another server of Redis's, such as a sentinel, which was told its port. */
  async startWith(arguments_: readonly string[], port: number, password: string): Promise<this> {
    this.port = port;
    this.#child = spawn(REDIS_SERVER ?? "redis-server", arguments_, { stdio: "ignore", cwd: this.#folder });
    for (let attempt = 0; attempt < 500; attempt++) {
      try {
        await this.ask(["PING"], password);
        return this;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
    throw new Error("redis-server does not start");
  }

  async #answers(child: ChildProcess): Promise<boolean> {
    while (child.exitCode === null) {
      try {
        const told = await this.ask(["INFO", "server"]);
        if (String(told).includes(`process_id:${child.pid}`)) return true;
        if (String(told).includes("process_id:")) return false;
      } catch (error) {
        // With a password it answers nothing else.
        if (String(error).includes("NOAUTH")) return true;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return false;
  }

  /** One command of somebody else's connection; `password`: where it asks for one. */
  async ask(command: readonly string[], password = ""): Promise<Reply> {
    const client = loadRedis()(password === "" ? this.url : `redis://:${password}@127.0.0.1:${this.port}`, 5000);
    client.on("error", () => {});
    try {
      await client.connect();
      return await client.sendCommand(command);
    } finally {
      try {
        client.destroy();
      } catch {
        // It was never open.
      }
    }
  }

  freeze(): void {
    this.#child?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child?.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
