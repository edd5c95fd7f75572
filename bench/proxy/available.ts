/** Who stands in a run: what is missing is installed where it can be, and left out where it cannot. */
import { ensureDebian, ensureNpm } from "../lib/packages.ts";
import type { Contender } from "./contender.ts";
import { haproxy } from "./haproxy.ts";
import { NJS_MODULE, nginx, nginxWithNjs } from "./nginx.ts";
import { fastifyCompose, fastifyProxy, httpProxy } from "./node.ts";
import { PIPELINING, vivremotion } from "./vivremotion.ts";

export const FAST = vivremotion("fast");

/** Nobody can be compared with what is not there; wrk and nginx must be. */
export function available(): Contender[] {
  const missing = ensureDebian([
    { name: "wrk", provides: "wrk" },
    { name: "nginx-light", provides: "nginx" },
    { name: "libnginx-mod-http-js", provides: NJS_MODULE },
    { name: "haproxy", provides: "haproxy" },
  ]).map(({ name }) => name);
  const needed = missing.filter((name) => name === "wrk" || name === "nginx-light");
  if (needed.length > 0) throw new Error(`nothing can be measured without ${needed.join(" and ")}`);
  return [
    nginx,
    ...(missing.includes("libnginx-mod-http-js") ? [] : [nginxWithNjs]),
    ...(missing.includes("haproxy") ? [] : [haproxy]),
    FAST,
    PIPELINING,
    vivremotion("strict"),
    ...(ensureNpm() ? [httpProxy, fastifyProxy, fastifyCompose] : []),
  ];
}
