/** Two small services for the quick start to stand in front of: orders on port 9101, customers on port 9102. */
import { createServer } from "node:http";
import { randomUUID } from "node:crypto";

const orders = [
  {
    id: "00000000-0000-4000-8000-000000000001",
    customer: "ada",
    items: [
      { sku: "tea", quantity: 2 },
      { sku: "milk", quantity: 1 },
    ],
  },
];
const customers = [
  { id: "ada", name: "Ada Lovelace" },
  { id: "alan", name: "Alan Turing" },
];

serve(9101, async (request, url) => {
  if (request.method === "POST" && url.pathname === "/orders") {
    const order = { id: randomUUID(), ...JSON.parse(await text(request)) };
    orders.push(order);
    return order;
  }
  if (url.pathname === "/orders") return orders.filter(({ customer }) => customer === url.searchParams.get("customer"));
  return orders.find(({ id }) => url.pathname === `/orders/${id}`);
});

serve(9102, async (_request, url) => customers.find(({ id }) => url.pathname === `/customers/${id}`));

function serve(port, answer) {
  const server = createServer(async (request, response) => {
    const found = await answer(request, new URL(request.url, "http://upstream")).catch(() => undefined);
    response.writeHead(found === undefined ? 404 : 200, { "content-type": "application/json", server: "demo" });
    response.end(JSON.stringify(found ?? { error: "not found" }));
  });
  server.on("error", (error) => {
    process.stderr.write(`demo upstream: ${error.message}; is another quick start running?\n`);
    process.exit(3);
  });
  server.listen(port, "127.0.0.1");
}

async function text(request) {
  let all = "";
  for await (const chunk of request.setEncoding("utf8")) all += chunk;
  return all;
}

for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
