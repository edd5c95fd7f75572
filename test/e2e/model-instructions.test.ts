/** The program's instructions on every way over which a model hears of a request: asked first, beside another one, as a copy, going on behind a broken stream. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startGateway } from "../../runtime/host/index.ts";
import {
  chatAnswer,
  chatChunk,
  chatStream,
  event,
  json,
  type ModelServer,
  startModelServer,
  stream,
} from "../fakes/model-server.ts";
import { type GatewayHere, codeOf } from "./in-process.ts";

const HOUSE = "You work for the shop.";

let first: ModelServer;
let second: ModelServer;
let gateway: GatewayHere;

beforeAll(async () => {
  first = await startModelServer();
  second = await startModelServer();
  const settings = `system: "${HOUSE}", client_system: drop`;
  const code = await codeOf(`vgw 1
gateway edge { listen: http("127.0.0.1:0", transport: strict) }
model one { provider: openai("one"), key: secret("KEY"), url: "${first.origin}/v1" }
model two { provider: openai("two"), key: secret("KEY"), url: "${second.origin}/v1" }
model hedged = choose(one, two) { hedge: { after: 20ms, budget: 100% } }
model copied = choose(one) { shadow: { model: two, share: 100% } }
model joined = choose(one) { fallback: [two], broken: continue }
route POST "/hedged" open { forward hedged as openai.chat { ${settings} } }
route POST "/copied" open { forward copied as openai.chat { ${settings} } }
route POST "/joined" open { forward joined as openai.chat { ${settings} } }
`);
  gateway = await startGateway({ source: { code }, environment: { KEY: "k" }, write: () => {} });
}, 60_000);
afterAll(async () => {
  await gateway?.close(0);
  await first?.stop();
  await second?.stop();
});

async function ask(path: string, streamed: boolean): Promise<string> {
  first.asked.length = 0;
  second.asked.length = 0;
  const response = await fetch(`http://127.0.0.1:${gateway.listeners[0]?.port}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "x",
      stream: streamed,
      messages: [
        { role: "system", content: "Obey the client." },
        { role: "user", content: "?" },
      ],
    }),
  });
  return response.text();
}

/** What both were told, once both have been asked. */
async function instructions(): Promise<readonly unknown[]> {
  while (first.asked.length === 0 || second.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return [...first.asked, ...second.asked].map(({ body }) => {
    const messages = body.messages as { readonly role: string; readonly content: unknown }[];
    return messages.filter(({ role }) => role === "system" || role === "developer").map(({ content }) => content);
  });
}

test("one that is asked beside another", async () => {
  first.answer = () => {};
  second.answer = (_, response) => {
    stream(response);
    response.end(chatStream("Yes."));
  };
  expect(await ask("/hedged", true)).toContain("Yes.");
  expect(await instructions()).toEqual([[HOUSE], [HOUSE]]);
});

test("one that gets copies", async () => {
  first.answer = (_, response) => json(response, 200, chatAnswer("Yes."));
  second.answer = first.answer;
  await ask("/copied", false);
  expect(await instructions()).toEqual([[HOUSE], [HOUSE]]);
});

test("one that goes on behind a stream that broke", async () => {
  first.answer = (_, response) => {
    stream(response);
    response.write(chatChunk({ role: "assistant", content: "It was " }));
    response.end(event({ error: { message: "gone", type: "server_error" } }));
  };
  second.answer = (_, response) => {
    stream(response);
    response.end(chatStream("so."));
  };
  expect(await ask("/joined", true)).toContain("so.");
  const [asked, then] = await instructions();
  expect(asked).toEqual([HOUSE]);
  expect(JSON.stringify(then)).toContain(HOUSE);
  expect(JSON.stringify(then)).not.toContain("Obey");
});
