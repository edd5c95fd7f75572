/** One server for `run.ts`: `serve.ts KIND PORT`, a trivial answer of 150 bytes, bare or through a transport. */
import { createServer } from "node:http";
import { strictTransport } from "../../runtime/http/node/index.ts";
import type { Transport } from "../../runtime/http/transport.ts";
import { createFastTransport } from "../../runtime/http/uws/index.ts";
import { loadNative } from "../../runtime/http/uws/loader.ts";

const [kind = "", port = "0"] = process.argv.slice(2);
const BODY = JSON.stringify({ text: "x".repeat(139) });
const HEADERS = ["content-type", "application/json"];

function native(): NonNullable<ReturnType<typeof loadNative>["native"]> {
  const { native: loaded, rejected } = loadNative();
  if (loaded === null) throw new Error(rejected.join("\n"));
  return loaded;
}

async function through(transport: Transport): Promise<void> {
  await transport.listen({
    address: "127.0.0.1",
    port: Number(port),
    limits: { body: 1_000_000, headers: 16_384, idle: 60_000, head: 10_000, connections: null },
    trustedProxies: [],
    handler: (exchange) => exchange.respond(200, HEADERS, BODY),
  });
}

switch (kind) {
  case "bare-uws":
    native()
      .module.App()
      .any("/*", (response) => {
        response.writeStatus("200 OK");
        response.writeHeader("content-type", "application/json");
        response.end(BODY);
      })
      .listen("127.0.0.1", Number(port), () => {});
    break;
  case "bare-node":
    createServer((_request, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": BODY.length });
      response.end(BODY);
    }).listen(Number(port), "127.0.0.1");
    break;
  case "fast":
    await through(createFastTransport(native()));
    break;
  case "strict":
    await through(strictTransport);
    break;
  default:
    throw new Error(`no server of kind "${kind}"`);
}
process.on("SIGTERM", () => process.exit(0));
