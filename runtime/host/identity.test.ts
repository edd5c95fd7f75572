/** Identities in a running gateway: it starts without the issuer, keeps its keys over swaps, and says nothing of secrets. */
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { JwtConfiguration } from "../identity/index.ts";
import { type Gateway, startGateway } from "./index.ts";
import { bundleText, type TestBundle } from "./testing/bundle.ts";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const SET = JSON.stringify({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k" }] });

function token(kid = "k"): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iss: "i", aud: "a", sub: "u1", exp: Math.floor(Date.now() / 1000) + 600 };
  const input = `${part({ alg: "EdDSA", kid })}.${part(claims)}`;
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString("base64url")}`;
}

let issuer: Server | null = null;
let port = 0;
let fetches = 0;
let gateway: Gateway;
let log = "";

/** On the port that it had before, so that the gateway finds it again. */
async function startIssuer(): Promise<void> {
  const server = createServer((_request, response) => {
    fetches++;
    response.end(SET);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
  issuer = server;
}

async function stopIssuer(): Promise<void> {
  const server = issuer;
  issuer = null;
  server?.closeAllConnections();
  await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
}

const HANDLE = `return Promise.resolve(host.identity("staff").identify(exchange)).then((caller) => {
  if ("challenge" in caller) exchange.respond(caller.status, caller.challenge ? ["www-authenticate", caller.challenge] : [], caller.code);
  else exchange.respond(200, ["content-type", "text/plain"], caller.id);
});`;

function program(mark: string): TestBundle {
  const staff: JwtConfiguration = {
    scheme: "jwt",
    name: "staff",
    issuer: "i",
    audience: ["a"],
    algorithms: ["EdDSA"],
    keys: { kind: "url", url: `http://127.0.0.1:${port}/keys`, refresh: 600_000 },
    credential: { from: "header", name: "authorization" },
    leeway: 0,
    type: null,
    claims: [{ name: "id", from: "sub", optional: false, type: { kind: "string", min: 1, max: null } }],
  };
  return { identities: [staff], handle: `/* ${mark} */ ${HANDLE}` };
}

async function ask(text: string | null): Promise<{ status: number; challenge: string | null; body: string }> {
  const headers: Record<string, string> = text === null ? {} : { authorization: `Bearer ${text}` };
  const answer = await fetch(`http://127.0.0.1:${gateway.listeners[0]?.port}/`, { headers });
  return { status: answer.status, challenge: answer.headers.get("www-authenticate"), body: await answer.text() };
}

/** Until the pause after a failed fetch is over. */
async function until(status: number): Promise<void> {
  for (;;) {
    if ((await ask(token())).status === status) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

beforeEach(async () => {
  port = 0;
  fetches = 0;
  log = "";
  await startIssuer();
});
afterEach(async () => {
  await gateway.close(0);
  await stopIssuer();
});

const start = async (bundle: TestBundle): Promise<void> => {
  gateway = await startGateway({
    source: { code: bundleText(bundle) },
    environment: {},
    write: (text) => {
      log += text;
    },
  });
};

it("starts without the issuer, serves when it is there, and goes on when it is gone", async () => {
  await stopIssuer();
  await start(program("a"));
  expect(await ask(token())).toEqual({ status: 503, challenge: null, body: "identity-unavailable" });
  expect((await ask(null)).challenge).toBe('Bearer realm="staff"');
  await startIssuer();
  await until(200);
  await stopIssuer();
  expect(await ask(token())).toMatchObject({ status: 200, body: "u1" });
  expect(await ask(token("new"))).toMatchObject({
    status: 401,
    challenge: 'Bearer realm="staff", error="invalid_token"',
  });
  expect(log).toContain("identity.keys");
  expect(log).not.toContain(token().slice(0, 30));
}, 20_000);

it("keeps keys and verified tokens over a swap", async () => {
  await start(program("a"));
  await until(200);
  const before = fetches;
  await gateway.swap({ code: bundleText(program("b")) });
  expect((await ask(token())).status).toBe(200);
  expect(fetches).toBe(before);
}, 20_000);

it("refuses keys that are none before it serves, without showing them", async () => {
  await start(program("a"));
  const keys = JSON.stringify([{ id: "x", hash: createHash("sha256").update("hush").digest("hex") }]);
  const wrong: TestBundle = { identities: [{ scheme: "api_key", name: "ci", headers: ["x-key"], keys, claims: [] }] };
  const refused = gateway.swap({ code: bundleText(wrong) });
  await expect(refused).rejects.toMatchObject({ code: "start-configuration" });
  expect(log).not.toContain(createHash("sha256").update("hush").digest("hex"));
  expect((await ask(token())).status).toBe(200);
}, 20_000);
