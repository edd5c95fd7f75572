/** Those that can change their program while they serve, and how: what a person would do by hand. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { start, type Started } from "../lib/process.ts";
import type { Place } from "../proxy/contender.ts";
import { runHaproxy } from "../proxy/haproxy.ts";
import { nginx } from "../proxy/nginx.ts";
import { artifact } from "../proxy/vivremotion.ts";
import { freePort } from "../lib/process.ts";

const TASK = { kind: "pass", routes: 1 } as const;
const TOKEN = "a-token-for-the-bench";

export interface Reloadable extends Started {
  /** Resolves when whoever asked is told, which for signals is at once. */
  reload(): Promise<void>;
}

export interface ReloadContender {
  readonly name: string;
  start(place: Place): Promise<Reloadable>;
}

function bySignal(started: Started, signal: NodeJS.Signals): Reloadable {
  return {
    ...started,
    reload: async () => {
      process.kill(started.pid, signal);
    },
  };
}

/** `nginx -s reload` sends this. */
const nginxReload: ReloadContender = {
  name: "nginx -s reload",
  start: async (place) => bySignal(await nginx.start(TASK, place), "SIGHUP"),
};

/** What `systemctl reload haproxy` does: the master starts a new worker, the old one ends with its connections. */
const haproxyReload: ReloadContender = {
  name: "HAProxy reload",
  start: async (place) => bySignal(await runHaproxy(TASK, place, ["-W", "-db"]), "SIGUSR2"),
};

/** Two artifacts in turn, as `vgw deploy FOLDER` sends them. */
function deploy(transport: "fast" | "strict"): ReloadContender {
  return {
    name: `vgw deploy (${transport})`,
    async start(place) {
      const admin = await freePort();
      const settings = `admin: http("127.0.0.1:${admin}", token: secret("VGW_ADMIN_TOKEN"))`;
      const folders = ["a", "b"].map((name) => {
        const folder = join(place.folder, `${transport}-${name}-${admin}`);
        // Another name in Via: another program.
        cpSync(artifact(transport, TASK, place, `${settings}\n  via: "bench-${name}"`), folder, { recursive: true });
        return folder;
      });
      const entry = join(folders[0]!, "gateway.mjs");
      const started = await start(process.execPath, [entry], place.port, 120, { VGW_ADMIN_TOKEN: TOKEN });
      let swaps = 0;
      return {
        ...started,
        async reload() {
          const response = await fetch(`http://127.0.0.1:${admin}/generations`, {
            method: "POST",
            headers: { authorization: `Bearer ${TOKEN}` },
            body: JSON.stringify({ folder: folders[++swaps % 2] }),
          });
          if (!response.ok) throw new Error(`the deploy was refused: ${await response.text()}`);
        },
      };
    },
  };
}

export const RELOADABLE: readonly ReloadContender[] = [nginxReload, haproxyReload, deploy("fast"), deploy("strict")];
