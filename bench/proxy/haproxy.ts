/** HAProxy as a peer: one thread, keep-alive on both sides, no log. Routes are a map file, as its manual advises for many. */
import { join } from "node:path";
import { start } from "../lib/process.ts";
import { type Contender, routePath, type Task, writeFiles } from "./contender.ts";

export const haproxy: Contender = {
  name: "HAProxy",
  can: ({ kind }) => kind === "pass",
  start(task, place) {
    const folder = writeFiles(place, { map: map(task) });
    const many = task.kind === "pass" && task.routes > 1;
    const configuration = `global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend front
  bind 127.0.0.1:${place.port}
  option forwardfor
  http-request set-header X-Forwarded-Proto http
  ${many ? `use_backend %[path,map_beg(${folder}/map,none)]` : "default_backend up"}
backend up
  server one 127.0.0.1:${place.upstream}
backend none
  http-request deny deny_status 404
`;
    const file = join(writeFiles(place, { "haproxy.cfg": configuration }), "haproxy.cfg");
    return start("haproxy", ["-q", "-db", "-f", file], place.port, 120);
  },
};

function map(task: Task): string {
  if (task.kind !== "pass") return "";
  return Array.from({ length: task.routes }, (_, index) => `${routePath(index)} up\n`).join("");
}
