/** nginx as a peer, and with njs where a program is needed: one worker, keep-alive on both sides, no access log. */
import { join } from "node:path";
import { type Started, start } from "../lib/process.ts";
import { CIPHERS, certificateFiles } from "./certificate.ts";
import { type Contender, type Place, routePath, type Task, writeFiles } from "./contender.ts";
import { AUDIENCE, ISSUER, SCOPE, TOKEN_SECRET } from "./token.ts";

export const NJS_MODULE = "/usr/lib/nginx/modules/ngx_http_js_module.so";

/** Runs nginx with what stands in `http { … }`. */
export function runNginx(
  place: Place,
  http: string,
  options: { readonly head?: string; readonly files?: { readonly [name: string]: string } } = {},
): Promise<Started> {
  const folder = writeFiles(place, options.files ?? {});
  const configuration = `${options.head ?? ""}
worker_processes 1; daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
worker_rlimit_nofile 20000;
events { worker_connections 16384; }
http {
  access_log off; keepalive_requests 100000000; client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b;
  fastcgi_temp_path ${folder}/c; uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e; client_max_body_size 0;
  ${http.replaceAll("FOLDER", folder)}
}
`;
  const file = join(writeFiles(place, { "nginx.conf": configuration }), "nginx.conf");
  return start("nginx", ["-c", file, "-p", folder], place.port, 120);
}

const PROXY = `proxy_http_version 1.1; proxy_set_header Connection ""; proxy_request_buffering off; proxy_max_temp_file_size 0;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;`;

const up = ({ upstream }: Place): string =>
  `upstream up { server 127.0.0.1:${upstream}; keepalive 64; keepalive_requests 100000000; }`;

export const nginx: Contender = {
  name: "nginx",
  can: ({ kind }) => kind === "pass" || kind === "tls",
  start: (task, place) =>
    runNginx(place, `${up(place)}\n  server {\n    ${listen(task, place)}\n    ${PROXY}\n${locations(task)}  }`),
};

function listen(task: Task, place: Place): string {
  if (task.kind !== "tls") return `listen 127.0.0.1:${place.port};`;
  const { certificate, key } = certificateFiles(place);
  return `listen 127.0.0.1:${place.port} ssl; ssl_certificate ${certificate}; ssl_certificate_key ${key};
    ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ${CIPHERS};`;
}

function locations(task: Task): string {
  if (task.kind !== "pass" || task.routes === 1) return "    location / { proxy_pass http://up; }\n";
  // In the order of their text, or nginx sorts them for minutes.
  return Array.from(
    { length: task.routes },
    (_, index) => `    location ${routePath(index)} { proxy_pass http://up; }\n`,
  ).join("");
}

/** What the policy asks, as lean as njs 0.7 lets it be: synchronous, and no cache, since it has no memory beyond a request (shared dictionaries came with 0.8). */
const NJS_POLICY = `import crypto from "crypto";
function caller(r) {
  const field = r.headersIn.Authorization;
  if (!field || !field.startsWith("Bearer ")) return "";
  const parts = field.slice(7).split(".");
  if (parts.length !== 3) return "";
  if (JSON.parse(Buffer.from(parts[0], "base64url").toString()).alg !== "HS256") return "";
  const sum = crypto.createHmac("sha256", "${TOKEN_SECRET}").update(parts[0] + "." + parts[1]).digest("base64url");
  if (sum !== parts[2]) return "";
  const claims = JSON.parse(Buffer.from(parts[1], "base64url").toString());
  const now = Date.now() / 1000;
  if (claims.iss !== "${ISSUER}" || claims.aud !== "${AUDIENCE}" || !(now < claims.exp) || now < claims.nbf) return "";
  r.variables.allowed = claims.scope.split(" ").includes("${SCOPE}") ? "1" : "";
  return claims.sub;
}
export default { caller };
`;

const policy = (place: Place): Promise<Started> =>
  runNginx(
    place,
    `js_import main from FOLDER/main.js;
  js_set $caller main.caller;
  limit_req_zone $caller zone=callers:10m rate=1000000r/s;
  ${up(place)}
  server {
    listen 127.0.0.1:${place.port};
    ${PROXY}
    proxy_set_header X-Caller $caller;
    proxy_set_header Cache-Control "";
    location / {
      set $allowed "";
      if ($caller = "") { return 401; }
      if ($allowed = "") { return 403; }
      limit_req zone=callers burst=1000000 nodelay;
      add_header Cache-Control private;
      proxy_pass http://up;
    }
  }`,
    { head: `load_module ${NJS_MODULE};`, files: { "main.js": NJS_POLICY } },
  );

const NJS = `async function profile(r) {
  const id = r.uri.slice("/profile/".length);
  const answers = await Promise.all([r.subrequest("/up/customers/" + id), r.subrequest("/up/orders", "customer=" + id)]);
  if (answers[0].status !== 200) return r.return(502);
  const orders = answers[1].status === 200 ? JSON.parse(answers[1].responseText) : [];
  r.headersOut["content-type"] = "application/json";
  r.return(200, JSON.stringify({ name: JSON.parse(answers[0].responseText).name, orders: orders.map((o) => o.id) }));
}
export default { profile };
`;

export const nginxWithNjs: Contender = {
  name: "nginx with njs",
  can: ({ kind }) => kind === "policy" || kind === "compose",
  start: (task, place) => (task.kind === "policy" ? policy(place) : compose(place)),
};

const compose = (place: Place): Promise<Started> =>
  runNginx(
    place,
    `js_import main from FOLDER/main.js;
  ${up(place)}
  server {
    listen 127.0.0.1:${place.port};
    ${PROXY}
    location /profile/ { js_content main.profile; }
    location /up/ { internal; subrequest_output_buffer_size 64k; proxy_pass http://up/; }
  }`,
    { head: `load_module ${NJS_MODULE};`, files: { "main.js": NJS } },
  );
