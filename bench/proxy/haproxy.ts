/** HAProxy as a peer: one thread, keep-alive on both sides, no log. Routes are a map file, as its manual advises for many. */
import { join } from "node:path";
import { start, type Started } from "../lib/process.ts";
import { CIPHERS, certificateFiles } from "./certificate.ts";
import { type Contender, type Place, routePath, type Task, writeFiles } from "./contender.ts";

export const haproxy: Contender = {
  name: "HAProxy",
  can: ({ kind }) => kind === "pass" || kind === "tls",
  start: (task, place) => runHaproxy(task, place, ["-db"]),
};

export function runHaproxy(task: Task, place: Place, options: readonly string[]): Promise<Started> {
  const folder = writeFiles(place, { map: map(task) });
  const secure =
    task.kind === "tls"
      ? ` ssl crt ${certificateFiles(place).both} ssl-min-ver TLSv1.2 ciphers ${CIPHERS} alpn http/1.1`
      : "";
  const many = task.kind === "pass" && task.routes > 1;
  const configuration = `global
  nbthread 1
  # More than the machine may allow descriptors for: then it takes what there is.
  no strict-limits
  maxconn 16384
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend front
  bind 127.0.0.1:${place.port}${secure}
  option forwardfor
  http-request set-header X-Forwarded-Proto ${secure === "" ? "http" : "https"}
  ${many ? `use_backend %[path,map_beg(${folder}/map,none)]` : "default_backend up"}
backend up
  server one 127.0.0.1:${place.upstream}
backend none
  http-request deny deny_status 404
`;
  const file = join(writeFiles(place, { "haproxy.cfg": configuration }), "haproxy.cfg");
  return start("haproxy", ["-q", ...options, "-f", file], place.port, 120);
}

function map(task: Task): string {
  if (task.kind !== "pass") return "";
  return Array.from({ length: task.routes }, (_, index) => `${routePath(index)} up\n`).join("");
}
