/**
 * The client of Redis, @redis/client, as far as it is used. It is loaded only by gateways whose program asks for Redis: in an artifact from a file beside `gateway.mjs`, else from
 * the package.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

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

/** What is used of the module of @redis/client 6. */
interface ClientModule {
  createClient(options: object): Client;
}

/** The name of the client's file beside an artifact, and of its package. */
export const REDIS_FILE = "redis.cjs";
export const REDIS_PACKAGE = "@redis/client";

/** `artifact`: its file is loaded where it has this `hash` (SHA-256, hexadecimal). `ca`: PEM, instead of Node's own authorities. Throws where the client does not load. */
export function loadRedis(
  artifact?: { readonly folder: string; readonly hash: string | null } | undefined,
  ca?: string | undefined,
): CreateClient {
  const require = createRequire(import.meta.url);
  const { createClient }: ClientModule = require(fileOf(artifact) ?? REDIS_PACKAGE);
  return (url, timeout) =>
    createClient({
      url,
      // Plain, and nothing of its own accord.
      RESP: 2,
      disableOfflineQueue: true,
      disableClientInfo: true,
      maintNotifications: "disabled",
      socket: {
        reconnectStrategy: false,
        connectTimeout: timeout,
        keepAlive: true,
        noDelay: true,
        ...(ca !== undefined && { ca }),
      },
    });
}

function fileOf(artifact: { readonly folder: string; readonly hash: string | null } | undefined): string | null {
  if (artifact === undefined) return null;
  const file = join(artifact.folder, REDIS_FILE);
  if (!existsSync(file)) return null;
  const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
  if (hash !== artifact.hash) throw new Error(`${REDIS_FILE} is not the file that the manifest describes`);
  return file;
}
