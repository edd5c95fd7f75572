/** Who is asked for chat completions in the bench of models: two gateways, each in several ways, before the same provider. */
import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Started, start } from "../lib/process.ts";
import { CLIENT_KEY, KEYS, PATHS, program } from "./program.ts";

const here = dirname(fileURLToPath(import.meta.url));
const vgw = join(here, "../../compiler/dist/vgw.mjs");
const portkey = join(here, "../node_modules/@portkey-ai/gateway/build/start-server.js");

export interface Way {
  readonly name: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
}

export interface Gateway {
  readonly ways: readonly Way[];
  start(port: number, provider: number, folder: string): Promise<Started>;
}

const KEY = { "content-type": "application/json", "x-api-key": CLIENT_KEY };
export const SAME: Way = { name: "Vivremotion", path: PATHS.same, headers: KEY };
export const TRANSLATED: Way = { name: "Vivremotion, translated", path: PATHS.translated, headers: KEY };
export const BARE: Way = { name: "Vivremotion, no policy", path: PATHS.bare, headers: KEY };
export const COPIED: Way = { name: "Vivremotion, forward to a service", path: PATHS.copied, headers: KEY };

/** The artifact that `vgw build` writes, one thread. */
export function artifact(port: number, provider: number, folder: string): string {
  writeFileSync(join(folder, "gateway.vgw"), program(port, provider, join(folder, "ledger")));
  writeFileSync(join(folder, "keys.json"), KEYS);
  const out = join(folder, "dist");
  execFileSync(process.execPath, [vgw, "build", join(folder, "gateway.vgw"), "-o", out], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return join(out, "gateway.mjs");
}

export const ENVIRONMENT = { PROVIDER_KEY: "key-of-the-provider" };

export const VIVREMOTION: Gateway = {
  ways: [SAME, TRANSLATED, BARE, COPIED],
  start: (port, provider, folder) =>
    start(process.execPath, [artifact(port, provider, folder), "--files", folder], port, 20, ENVIRONMENT),
};

/** As its documentation shows: the provider and where it stands in header fields. It has no keys, limits or budgets of its own. */
const asked = (provider: string, base: string): Way["headers"] => ({
  "content-type": "application/json",
  authorization: "Bearer key-of-the-provider",
  "x-portkey-provider": provider,
  "x-portkey-custom-host": base,
});

export function portkeyWays(provider: number): { readonly same: Way; readonly translated: Way } {
  const base = `http://127.0.0.1:${provider}/v1`;
  const path = "/v1/chat/completions";
  return {
    same: { name: "Portkey", path, headers: asked("openai", base) },
    translated: { name: "Portkey, translated", path, headers: asked("anthropic", base) },
  };
}

/** Null: it is not installed. */
export function portkeyGateway(provider: number): Gateway | null {
  if (!existsSync(portkey)) return null;
  return {
    ways: Object.values(portkeyWays(provider)),
    start: (port) =>
      start(process.execPath, [portkey, "--headless", `--port=${port}`], port, 30, { NODE_ENV: "production" }),
  };
}
