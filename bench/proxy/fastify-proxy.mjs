/** `fastify-proxy.mjs PORT UPSTREAM ROUTES`: @fastify/http-proxy, once for every path or once per route. */
import proxy from "@fastify/http-proxy";
import fastify from "fastify";

const [port, upstream, routes] = process.argv.slice(2);
const app = fastify({ logger: false, bodyLimit: 2_000_000 });
const prefixes =
  routes === "1"
    ? ["/"]
    : Array.from({ length: Number(routes) }, (_, index) => `/area${String(index).padStart(6, "0")}/items`);
for (const prefix of prefixes) {
  app.register(proxy, { upstream, prefix, rewritePrefix: prefix, globalAgent: true });
}
await app.listen({ port: Number(port), host: "127.0.0.1" });
