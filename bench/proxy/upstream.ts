/** What stands behind every proxy: nginx with fixed answers, so that the upstream is never what is measured. */
import type { Started } from "../lib/process.ts";
import type { Place } from "./contender.ts";
import { runNginx } from "./nginx.ts";

/** 150 bytes. */
const ANSWER = JSON.stringify({
  id: "00000000-0000-4000-8000-000000000001",
  customer: "Ada Lovelace",
  status: "paid",
  total: 129.5,
  items: [{ sku: "tea-earl-grey-500g", quantity: 2 }],
  n: 1,
}).slice(0, 150);
const CUSTOMER = JSON.stringify({ id: "1", name: "Ada Lovelace" });
const ORDERS = JSON.stringify(["a", "b", "c"].map((id) => ({ id, status: "paid", total: 129.5 })));

export const MEGABYTE = 1_000_000;

export function startUpstream(place: Place): Promise<Started> {
  return runNginx(
    place,
    `sendfile on;
  upstream self { server 127.0.0.1:${place.port}; keepalive 64; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${place.port};
    default_type application/json;
    location / { return 200 '${ANSWER}'; }
    location /customers/ { return 200 '${CUSTOMER}'; }
    location = /orders { return 200 '${ORDERS}'; }
    location = /big { root FOLDER; }
    # Answers when the whole body has come: \`return\` would before, and close the connection under whoever is still sending.
    location = /upload {
      client_body_buffer_size 2m; proxy_pass_request_body off; proxy_set_header Content-Length "";
      proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://self/;
    }
  }`,
    { files: { big: "x".repeat(MEGABYTE) } },
  );
}
