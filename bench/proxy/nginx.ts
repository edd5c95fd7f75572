/** nginx as the upstream and as the peer: one worker each, keep-alive on both sides, no access log. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Started, start } from "../lib/process.ts";

/** 150 bytes. */
export const ANSWER = JSON.stringify({
  id: "00000000-0000-4000-8000-000000000001",
  customer: "Ada Lovelace",
  status: "paid",
  total: 129.5,
  items: [{ sku: "tea-earl-grey-500g", quantity: 2 }],
  n: 1,
}).slice(0, 150);

function run(port: number, http: string): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), "vgw-bench-nginx-"));
  const file = join(folder, "nginx.conf");
  writeFileSync(
    file,
    `worker_processes 1; daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 100000000; client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b;
  fastcgi_temp_path ${folder}/c; uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e;
  ${http}
}
`,
  );
  return start("nginx", ["-c", file, "-p", folder], port);
}

export function startUpstream(port: number): Promise<Started> {
  return run(
    port,
    `server { listen 127.0.0.1:${port}; location / { default_type application/json; return 200 '${ANSWER}'; } }`,
  );
}

export function startProxy(port: number, upstream: number): Promise<Started> {
  return run(
    port,
    `upstream up { server 127.0.0.1:${upstream}; keepalive 64; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering on;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;
    }
  }`,
  );
}
