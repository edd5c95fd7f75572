/**
 * The client of Redis, @redis/client, as far as it is used. It is loaded only by gateways whose program asks for Redis: in an artifact from a file beside `gateway.mjs`, else from
 * the package.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export type Reply = string | number | null | readonly Reply[];

/** One connection; it does not connect again by itself. */
export interface Client {
  connect(): Promise<unknown>;
  sendCommand(command: readonly string[]): Promise<Reply>;
  on(event: "error" | "end", listener: (error?: unknown) => void): unknown;
  /** Ends it at once; throws where it was never open. */
  destroy(): void;
}

/** `timeout`: of connecting, in milliseconds. Throws where the URL is none. */
export type CreateClient = (url: string, timeout: number) => Client;

/** The name of the client's file beside an artifact. */
export const REDIS_FILE = "redis.mjs";

/** `artifact`: its file is loaded where it has this `hash` (SHA-256, hexadecimal). Rejects where the client does not load. */
export async function loadRedis(artifact?: {
  readonly folder: string;
  readonly hash: string | null;
}): Promise<CreateClient> {
  if (artifact !== undefined) {
    const file = join(artifact.folder, REDIS_FILE);
    if (existsSync(file)) {
      const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
      if (hash !== artifact.hash) throw new Error(`${REDIS_FILE} is not the file that the manifest describes`);
      const loaded: { readonly createRedisClient: CreateClient } = await import(pathToFileURL(file).href);
      return loaded.createRedisClient;
    }
  }
  const name = "@redis/client";
  const { createClient } = await import(name);
  return (url, timeout) => createClient(clientOptions(url, timeout));
}

/** One connection, plain RESP 2, nothing of its own accord. */
export function clientOptions(url: string, timeout: number) {
  return {
    url,
    RESP: 2 as const,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: "disabled" as const,
    socket: { reconnectStrategy: false as const, connectTimeout: timeout, keepAlive: true, noDelay: true },
  };
}
