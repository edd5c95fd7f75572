/** `fastify-compose.mjs PORT UPSTREAM`: the two calls of a composition by hand, as one writes them with fastify and undici. */
import fastify from "fastify";
import { Pool } from "undici";

const [port, upstream] = process.argv.slice(2);
const pool = new Pool(upstream, { connections: 128 });
const get = async (path) => {
  const { statusCode, body } = await pool.request({ method: "GET", path, headersTimeout: 30_000 });
  if (statusCode !== 200) throw new Error(`status ${statusCode}`);
  return body.json();
};
const app = fastify({ logger: false });
const answer = { type: "object", properties: { name: { type: "string" }, orders: { type: "array", items: { type: "string" } } } };
app.get("/profile/:id", { schema: { response: { 200: answer } } }, async (request) => {
  const id = encodeURIComponent(request.params.id);
  const [customer, orders] = await Promise.all([get(`/customers/${id}`), get(`/orders?customer=${id}`).catch(() => [])]);
  return { name: customer.name, orders: orders.map((order) => order.id) };
});
await app.listen({ port: Number(port), host: "127.0.0.1" });
