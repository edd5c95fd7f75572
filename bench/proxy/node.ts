/** The peers that are Node programs: one process each, started with the task on the command line. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { start } from "../lib/process.ts";
import type { Contender, Task } from "./contender.ts";

const folder = dirname(fileURLToPath(import.meta.url));

function node(name: string, file: string, can: (task: Task) => boolean): Contender {
  return {
    name,
    can,
    start(task, { port, upstream }) {
      const routes = task.kind === "pass" ? [String(task.routes)] : [];
      const args = [join(folder, file), String(port), `http://127.0.0.1:${upstream}`, ...routes];
      return start(process.execPath, args, port, 60);
    },
  };
}

/** It has no routes of its own. */
export const httpProxy = node("http-proxy", "http-proxy.mjs", (task) => task.kind === "pass" && task.routes === 1);

/** Each route is a plug-in of its own; 100,000 of them were not up after 100 s. */
export const fastifyProxy = node(
  "@fastify/http-proxy",
  "fastify-proxy.mjs",
  (task) => task.kind === "pass" && task.routes <= 1000,
);

export const fastifyCompose = node("fastify with undici", "fastify-compose.mjs", ({ kind }) => kind === "compose");
