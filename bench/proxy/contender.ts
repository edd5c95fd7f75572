/** What the proxies that are compared are asked to do, each in its own way. */
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Started } from "../lib/process.ts";

/**
 * "pass": requests go to the upstream as they are; 1 route takes every path, more take `routePath(0)` … each.
 * "tls": the same with one route, from clients that speak TLS; clear text towards the upstream.
 * "policy": the same with a policy: the bearer token (HS256) is verified, its scope must hold "orders:read", its bearer may ask a million times a
 * second, and three header fields are changed: `x-caller` set from the token, `cache-control` taken from the request and set on the answer.
 * "compose": `GET /profile/1` asks the upstream `/customers/1` and `/orders?customer=1` at once and answers with a name and a list of ids.
 */
export type Task = { readonly kind: "pass"; readonly routes: number } | { readonly kind: "policy" | "compose" | "tls" };

export interface Place {
  readonly port: number;
  readonly upstream: number;
  /** Ends after the run. */
  readonly folder: string;
}

export interface Contender {
  readonly name: string;
  can(task: Task): boolean;
  start(task: Task, place: Place): Promise<Started>;
}

/** Under which a route of its own stands; in the order of their text. */
export function routePath(index: number): string {
  return `/area${String(index).padStart(6, "0")}/items/`;
}

/** Writes files into a new folder, readable for the user that nginx changes to; gives its path. */
export function writeFiles(place: Place, files: { readonly [name: string]: string }): string {
  const folder = mkdtempSync(join(place.folder, "place-"));
  for (const readable of [place.folder, folder]) chmodSync(readable, 0o755);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
