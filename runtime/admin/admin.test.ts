/** The admin listener over real sockets: who may do what, and what each call answers. */
import { request } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { type Gateway, startGateway } from "../host/index.ts";
import { manifestOf } from "../host/testing/artifact-folder.ts";
import { bundleText, type TestBundle } from "../host/testing/bundle.ts";

const TOKEN = "correct horse battery staple".replaceAll(" ", "-");
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(token: string | null, bundle: TestBundle = {}, address = "127.0.0.1"): Promise<Gateway> {
  const gateway = await startGateway({
    source: { code: withAdmin(token, bundle, address) },
    environment: {},
  });
  cleanups.push(() => gateway.close(0));
  return gateway;
}

function withAdmin(token: string | null, bundle: TestBundle, address = "127.0.0.1"): string {
  return bundleText({ ...bundle, gateway: { ...bundle.gateway, admin: { address, port: 0, token } } });
}

interface Answer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly text: string;
}

/** With `node:http`, which lets a test send any Host and Origin. */
function call(
  gateway: Gateway,
  method: string,
  path: string,
  options: { headers?: object; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: "127.0.0.1", port: gateway.admin?.port, method, path, headers: { ...options.headers }, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      },
    );
    outgoing.on("error", reject);
    outgoing.end(options.body);
  });
}

const authorized = { authorization: `Bearer ${TOKEN}` };

describe("access", () => {
  const cases: {
    name: string;
    token: string | null;
    method?: string;
    path: string;
    headers?: object;
    status: number;
    code?: string;
  }[] = [
    { name: "health needs no token", token: TOKEN, path: "/healthz", status: 200 },
    { name: "readiness needs no token", token: TOKEN, path: "/readyz", status: 200 },
    { name: "status needs the token", token: TOKEN, path: "/status", status: 401, code: "admin-token" },
    { name: "metrics need the token", token: TOKEN, path: "/metrics", status: 401, code: "admin-token" },
    {
      name: "a wrong token",
      token: TOKEN,
      path: "/status",
      headers: { authorization: `Bearer ${TOKEN}x` },
      status: 401,
      code: "admin-token",
    },
    {
      name: "an empty token",
      token: TOKEN,
      path: "/status",
      headers: { authorization: "Bearer " },
      status: 401,
      code: "admin-token",
    },
    {
      name: "another scheme",
      token: TOKEN,
      path: "/status",
      headers: { authorization: `Basic ${TOKEN}` },
      status: 401,
      code: "admin-token",
    },
    { name: "the token", token: TOKEN, path: "/status", headers: authorized, status: 200 },
    {
      name: "the scheme in another case",
      token: TOKEN,
      path: "/status",
      headers: { authorization: `bearer ${TOKEN}` },
      status: 200,
    },
    { name: "paths are not told without the token", token: TOKEN, path: "/x", status: 401, code: "admin-token" },
    { name: "an unknown path", token: TOKEN, path: "/x", headers: authorized, status: 404, code: "admin-path" },
    {
      name: "a name of Object's",
      token: TOKEN,
      path: "/constructor",
      headers: authorized,
      status: 404,
      code: "admin-path",
    },
    {
      name: "the wrong method",
      token: TOKEN,
      method: "DELETE",
      path: "/status",
      headers: authorized,
      status: 405,
      code: "admin-method",
    },
    {
      name: "a swap needs the token",
      token: TOKEN,
      method: "POST",
      path: "/generations",
      status: 401,
      code: "admin-token",
    },
    { name: "looking needs no token where there is none", token: null, path: "/status", status: 200 },
    {
      name: "nothing is changed where there is none",
      token: null,
      method: "POST",
      path: "/rollback",
      status: 403,
      code: "admin-read-only",
    },
    {
      name: "a page's call",
      token: null,
      path: "/status",
      headers: { origin: "https://evil.example" },
      status: 403,
      code: "admin-origin",
    },
    {
      name: "a rebound name",
      token: null,
      path: "/status",
      headers: { host: "evil.example" },
      status: 403,
      code: "admin-origin",
    },
    { name: "localhost by name", token: null, path: "/status", headers: { host: "localhost:1" }, status: 200 },
  ];
  it.each(cases)("$name: $status", async ({ token, method = "GET", path, headers = {}, status, code }) => {
    const answer = await call(await start(token), method, path, { headers });
    expect(answer.status).toBe(status);
    if (code === undefined) return;
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(JSON.parse(answer.text)).toMatchObject({
      status,
      code,
      type: `urn:vgw:problem:${code}`,
      detail: expect.any(String),
    });
  });

  it("asks for credentials as RFC 9110 §11.6.1 wants", async () => {
    const answer = await call(await start(TOKEN), "GET", "/status");
    expect(answer.headers["www-authenticate"]).toMatch(/^Bearer /);
  });

  it("does not start in the open without a token", async () => {
    await expect(start(null, {}, "0.0.0.0")).rejects.toMatchObject({ code: "start-token" });
    const guarded = await start(TOKEN, {}, "0.0.0.0");
    expect((await call(guarded, "GET", "/status")).status).toBe(401);
  });
});

describe("calls", () => {
  it("tells what serves", async () => {
    const gateway = await start(TOKEN);
    const answer = await call(gateway, "GET", "/status", { headers: authorized });
    expect(JSON.parse(answer.text)).toMatchObject({
      name: "edge",
      state: "serving",
      uptime: expect.any(Number),
      generations: {
        serving: { id: 1, hash: expect.stringMatching(/^[0-9a-f]{64}$/), inFlight: 0 },
        previous: null,
        draining: [],
      },
      threads: [{ thread: 0, inFlight: 0 }],
      listeners: [{ transport: "strict", port: gateway.listeners[0]?.port }],
      transports: { strict: expect.stringContaining("node:http") },
    });
    expect(answer.text).not.toContain(TOKEN);
  });

  it("swaps and goes back", async () => {
    const gateway = await start(TOKEN, { text: "one" });
    const text = async (): Promise<string> => (await fetch(`http://127.0.0.1:${gateway.listeners[0]?.port}`)).text();
    const body = JSON.stringify({ code: withAdmin(TOKEN, { text: "two" }) });
    const swapped = await call(gateway, "POST", "/generations", { headers: authorized, body });
    expect(JSON.parse(swapped.text)).toMatchObject({ generation: { id: 2, since: expect.stringMatching(/Z$/) } });
    expect(await text()).toBe("two");
    expect((await call(gateway, "POST", "/rollback", { headers: authorized })).status).toBe(200);
    expect(await text()).toBe("one");
  });

  it("takes a bundle with its manifest, and leaves one alone that serves already", async () => {
    const gateway = await start(TOKEN, { text: "one" });
    const code = withAdmin(TOKEN, { text: "two" });
    const body = JSON.stringify({ code, map: null, manifest: manifestOf(code) });
    for (let time = 0; time < 2; time++) {
      const answer = await call(gateway, "POST", "/generations", { headers: authorized, body });
      expect(JSON.parse(answer.text)).toMatchObject({ generation: { id: 2, hash: manifestOf(code).hash } });
    }
    expect(await (await fetch(`http://127.0.0.1:${gateway.listeners[0]?.port}`)).text()).toBe("two");
  });

  it.each([
    { name: "no JSON", body: "code", status: 400, code: "admin-body" },
    { name: "an unknown field", body: '{"folder":"/x","force":true}', status: 400, code: "admin-body" },
    { name: "nothing", body: "{}", status: 400, code: "admin-body" },
    { name: "a folder that is not there", body: '{"folder":"/nowhere"}', status: 422, code: "start-folder" },
    { name: "a bundle that does not load", body: '{"code":"("}', status: 422, code: "start-bundle" },
    {
      name: "a manifest that is none",
      body: JSON.stringify({ code: withAdmin(TOKEN, {}), manifest: {} }),
      status: 422,
      code: "start-manifest",
    },
    {
      name: "the code of another manifest",
      body: JSON.stringify({ code: withAdmin(TOKEN, {}), manifest: manifestOf(withAdmin(TOKEN, { text: "x" })) }),
      status: 422,
      code: "start-hash",
    },
    {
      name: "a bundle for another runtime",
      body: JSON.stringify({ code: "(", manifest: { ...manifestOf("("), abi: 999 } }),
      status: 422,
      code: "start-abi",
    },
    {
      name: "other listeners",
      body: JSON.stringify({ code: bundleText({ text: "x" }) }),
      status: 409,
      code: "swap-restart",
    },
  ])("refuses $name with $code and serves on", async ({ body, status, code }) => {
    const gateway = await start(TOKEN, { text: "old" });
    const answer = await call(gateway, "POST", "/generations", { headers: authorized, body });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ code, status });
    expect(await (await fetch(`http://127.0.0.1:${gateway.listeners[0]?.port}`)).text()).toBe("old");
  });

  it("refuses a body that is declared too long before it has come", async () => {
    const gateway = await start(TOKEN);
    const answer = await call(gateway, "POST", "/generations", {
      headers: { ...authorized, "content-length": 10 ** 9, expect: "100-continue" },
    });
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.text)).toMatchObject({ code: "admin-size" });
  });

  it("has metrics in Prometheus' format", async () => {
    const gateway = await start(TOKEN, { handle: 'exchange.route = "GET /"; exchange.respond(200, [], "ok");' });
    await (await fetch(`http://127.0.0.1:${gateway.listeners[0]?.port}`)).text();
    await call(gateway, "POST", "/rollback", { headers: authorized });
    const answer = await call(gateway, "GET", "/metrics", { headers: authorized });
    expect(answer.headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(answer.text).toMatch(/^vgw_requests_total\{.*route="GET \/".*\} 1$/m);
    expect(answer.text).toMatch(/^vgw_generation_swaps_total\{result="refused"\} 1$/m);
  });

  it("is not ready while it drains", async () => {
    const gateway = await start(TOKEN, { handle: "globalThis.vgwAdminTest = () => exchange.respond(200, [], '');" });
    const answer = fetch(`http://127.0.0.1:${gateway.listeners[0]?.port}`);
    await expect.poll(async () => (await gateway.status()).generations.serving.inFlight).toBe(1);
    const closed = gateway.close();
    await expect.poll(async () => (await call(gateway, "GET", "/readyz")).status).toBe(503);
    expect((await call(gateway, "GET", "/healthz")).status).toBe(200);
    const { vgwAdminTest } = globalThis as { vgwAdminTest?: () => void };
    vgwAdminTest?.();
    await answer;
    expect(await closed).toEqual({ cut: 0 });
  });
});
