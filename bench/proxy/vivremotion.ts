/** Vivremotion as it is deployed: the artifact that `vgw build` writes, one thread, no access log. */
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { start } from "../lib/process.ts";
import { certificateFiles } from "./certificate.ts";
import { type Contender, type Place, routePath, type Task, writeFiles } from "./contender.ts";
import { AUDIENCE, ISSUER, SCOPE, TOKEN_SECRET } from "./token.ts";

const vgw = join(dirname(fileURLToPath(import.meta.url)), "../../compiler/dist/vgw.mjs");

export function vivremotion(transport: "fast" | "strict"): Contender {
  return {
    name: `Vivremotion (${transport})`,
    can: () => true,
    start: (task, place) =>
      start(process.execPath, [join(artifact(transport, task, place), "gateway.mjs")], place.port, 120, ENVIRONMENT),
  };
}

/** With `pipelining`: what the fewest system calls give. For requests that it can act on. */
export const PIPELINING: Contender = {
  name: "Vivremotion (fast, pipelining: 8)",
  can: (task) => task.kind === "pass" && task.routes === 1,
  start: (task, place) =>
    start(process.execPath, [join(artifact("fast", task, place, "", "pipelining: 8"), "gateway.mjs")], place.port, 120),
};

/** What the programs of all tasks read. */
export const ENVIRONMENT = { TOKEN_SECRET };

/** Builds the program of a task; gives the folder. `settings` and `service`: further ones of the gateway and of its service. */
export function artifact(transport: "fast" | "strict", task: Task, place: Place, settings = "", service = ""): string {
  const folder = writeFiles(place, { "gateway.vgw": program(transport, task, place, settings, service) });
  const out = join(folder, "dist");
  execFileSync(process.execPath, [vgw, "build", join(folder, "gateway.vgw"), "-o", out], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  return out;
}

function program(transport: string, task: Task, place: Place, settings: string, service: string): string {
  const { port, upstream } = place;
  return `vgw 1

gateway bench {
  listen: [${task.kind === "tls" ? "https" : "http"}("127.0.0.1:${port}", transport: ${transport}${task.kind === "tls" ? certificate(place) : ""})]
  threads: 1
  access_log: false
  limits: { body: 2MB }
  ${settings}
}

service up { url: "http://127.0.0.1:${upstream}"${service === "" ? "" : `, ${service}`} }

${task.kind === "pass" ? routes(task.routes) : task.kind === "tls" ? routes(1) : task.kind === "policy" ? POLICY : COMPOSE}`;
}

function certificate(place: Place): string {
  const files = certificateFiles(place);
  return `, certificates: certificate("${files.certificate}", key: "${files.key}")`;
}

function routes(count: number): string {
  if (count === 1) return `route any "/{path...}" open { forward up }\n`;
  return Array.from({ length: count }, (_, index) => `route any "${routePath(index)}{id}" open { forward up }\n`).join(
    "",
  );
}

const POLICY = `identity staff = jwt {
  issuer: "${ISSUER}", audience: "${AUDIENCE}", secret: secret("TOKEN_SECRET")
  claims: { id: string(1..64) from "sub", scope: scopes }
}

route any "/{path...}" {
  identify staff
  require "${SCOPE}" in caller.scope
  limit 1000000/s by caller.id { headers: false }
  set request.header("x-caller") = caller.id
  remove request.header("cache-control")
  set response.header("cache-control") = "private"
  forward up
}
`;

const COMPOSE = `type Customer { id: string, name: string }
type Order { id: string, status: string, total: float }

route GET "/profile/{id: string(1..40)}" open {
  let customer = up.get("/customers/{id}") as Customer else deny 502 "Away."
  let recent = up.get("/orders?customer={id}") as [Order] else []
  reply { name: customer.name, orders: recent.map(o => o.id) }
}
`;
