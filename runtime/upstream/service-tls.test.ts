/** Services over https: whose certificate is believed, for which name, what this gateway shows, and what the log says when a check fails. */
import { once } from "node:events";
import { createServer as createHttpsServer, type Server } from "node:https";
import { createServer as createTcpServer, type Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { type Issued, issue } from "../../test/fakes/certificates.ts";
import { FakeExchange } from "../../test/fakes/exchange.ts";
import type { CallRequest, ServiceConfiguration, ServiceTlsConfiguration } from "../abi.ts";
import { Failure } from "../failure.ts";
import { TEST_SERVICE } from "../host/testing/bundle.ts";
import { createService, type UpstreamService } from "./service.ts";

const AUTHORITY = issue({ subject: "authority", authority: true });
const OTHER = issue({ subject: "another authority", authority: true });
const DAY = 86_400_000;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Upstream {
  readonly port: number;
  readonly server: Server;
  /** Of each request: the names that were asked for and shown, and whether the session was an old one. */
  readonly seen: { readonly asked: string | false; readonly shown: string; readonly reused: boolean }[];
}

async function upstream(issued: Issued, options: TlsOptions = {}): Promise<Upstream> {
  const seen: Upstream["seen"][number][] = [];
  const server = createHttpsServer({ cert: issued.certificate, key: issued.key, ...options });
  const asked = new WeakMap<object, string | false>();
  server.on("secureConnection", (socket) => asked.set(socket, socket.servername ?? false));
  server.on("tlsClientError", () => {});
  server.on("request", (request, response) => {
    const { socket } = request;
    if (!("getPeerCertificate" in socket) || typeof socket.getPeerCertificate !== "function") return;
    const shown = String(socket.getPeerCertificate()?.subject?.CN ?? "");
    const reused =
      "isSessionReused" in socket && typeof socket.isSessionReused === "function" && socket.isSessionReused();
    seen.push({ asked: asked.get(socket) ?? false, shown, reused });
    if (request.url === "/close") response.setHeader("connection", "close");
    response.end("hello");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: portOf(server.address()), server, seen };
}

function portOf(address: ReturnType<Server["address"]>): number {
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function service(
  url: string,
  tls: Partial<ServiceTlsConfiguration> | null,
  more: Partial<ServiceConfiguration> = {},
): UpstreamService {
  const whole = {
    ca: { text: AUTHORITY.certificate },
    serverName: null,
    certificate: null,
    minimum: "1.2" as const,
    ...tls,
  };
  const configuration = {
    ...TEST_SERVICE,
    name: "api",
    endpoints: [url],
    ...(tls !== null && { tls: whole }),
    ...more,
  };
  const made = createService(configuration, { via: "vgw", forwarded: "both" });
  cleanups.push(() => made.close());
  return made;
}

const GET: CallRequest = {
  method: "GET",
  target: "/",
  headers: [],
  body: null,
  timeout: null,
  deadline: null,
  absentOn404: false,
  signal: null,
};

/** The answer's text, or what the failure says to the client and to the log. */
async function ask(of: UpstreamService, target = "/"): Promise<string> {
  const result = await of.call(new FakeExchange(), { ...GET, target });
  if (result instanceof Failure) return `${result.status} ${result.code} ${result.detail}`;
  return Buffer.from(result.body).toString();
}

const LOCAL = issue({ names: ["127.0.0.1", "localhost"], issuer: AUTHORITY });

describe("the endpoint's certificate", () => {
  const past = { from: new Date(Date.now() - 9 * DAY), to: new Date(Date.now() - DAY) };
  const future = { from: new Date(Date.now() + DAY), to: new Date(Date.now() + 9 * DAY) };
  const names = ["127.0.0.1"];
  it.each<[string, Issued, Partial<ServiceTlsConfiguration> | null, string]>([
    ["of the authority", LOCAL, {}, "hello"],
    [
      "is its own authority, which nobody believes",
      issue({ names, subject: "self" }),
      { ca: null },
      "its certificate is its own authority, which is not believed, DEPTH_ZERO_SELF_SIGNED_CERT",
    ],
    [
      "of an authority that is not believed",
      issue({ names, issuer: OTHER }),
      {},
      "its certificate's authority is not known, or a certificate between the two is missing, UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    ],
    ["of an authority that Node does not know, without settings", LOCAL, null, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ["expired", issue({ names, issuer: AUTHORITY, ...past }), {}, "its certificate has expired, CERT_HAS_EXPIRED"],
    [
      "not valid yet",
      issue({ names, issuer: AUTHORITY, ...future }),
      {},
      "its certificate is not valid yet, CERT_NOT_YET_VALID",
    ],
    [
      "for another name",
      issue({ names: ["other.example"], issuer: AUTHORITY }),
      {},
      "its certificate is for another name, ERR_TLS_CERT_ALTNAME_INVALID",
    ],
    [
      "for another name than the one that is asked for",
      LOCAL,
      { serverName: "api.internal" },
      "its certificate is for another name, ERR_TLS_CERT_ALTNAME_INVALID",
    ],
    [
      "for the name that is asked for",
      issue({ names: ["api.internal"], issuer: AUTHORITY }),
      { serverName: "api.internal" },
      "hello",
    ],
    [
      "by a wildcard",
      issue({ names: ["*.shop.internal"], issuer: AUTHORITY }),
      { serverName: "api.shop.internal" },
      "hello",
    ],
  ])("%s", async (_what, issued, tls, expected) => {
    const { port, seen } = await upstream(issued);
    const said = await ask(service(`https://127.0.0.1:${port}`, tls));
    if (expected === "hello") expect(said).toBe("hello");
    else {
      expect(said).toMatch(/^502 upstream-unreachable api: no connection /);
      expect(said).toContain(expected);
      // Not a byte of the request has left.
      expect(seen).toEqual([]);
    }
  });

  it("a certificate that is its own authority is believed where it is named", async () => {
    const self = issue({ names: ["127.0.0.1"], authority: true });
    const { port } = await upstream(self);
    expect(await ask(service(`https://127.0.0.1:${port}`, { ca: { text: self.certificate } }))).toBe("hello");
  });

  it("several authorities are believed", async () => {
    const { port } = await upstream(LOCAL);
    const ca = { text: OTHER.certificate + AUTHORITY.certificate };
    expect(await ask(service(`https://127.0.0.1:${port}`, { ca }))).toBe("hello");
  });
});

describe("the name that is asked for", () => {
  it.each<[string, string | null, string | false]>([
    ["localhost", null, "localhost"],
    ["127.0.0.1", null, false],
    ["127.0.0.1", "localhost", "localhost"],
  ])("of %s with server_name %s: %s", async (host, serverName, asked) => {
    const { port, seen } = await upstream(LOCAL);
    expect(await ask(service(`https://${host}:${port}`, { serverName }))).toBe("hello");
    expect(seen.map((one) => one.asked)).toEqual([asked]);
  });
});

describe("what this gateway shows", () => {
  const own = issue({ subject: "edge", issuer: AUTHORITY });
  const shown = { certificate: { text: own.certificate }, key: { text: own.key }, passphrase: null };
  const demanding = { requestCert: true, rejectUnauthorized: true, ca: AUTHORITY.certificate };

  it("its certificate, where it is asked", async () => {
    const { port, seen } = await upstream(LOCAL, demanding);
    expect(await ask(service(`https://127.0.0.1:${port}`, { certificate: shown }))).toBe("hello");
    expect(seen).toEqual([{ asked: false, shown: "edge", reused: false }]);
  });

  it("nothing without one, and who insists on one gets no request", async () => {
    const { port, seen } = await upstream(LOCAL, { ...demanding, maxVersion: "TLSv1.3" });
    expect(await ask(service(`https://127.0.0.1:${port}`, {}))).toMatch(/^502 upstream-(closed|unreachable) /);
    expect(seen).toEqual([]);
  });

  it("two services with one origin and different certificates share no connection", async () => {
    const { port, seen } = await upstream(LOCAL, { ...demanding, rejectUnauthorized: false });
    const url = `https://127.0.0.1:${port}`;
    const [one, other] = [service(url, { certificate: shown }), service(url, {})];
    for (const each of [one, other, one, other]) expect(await ask(each)).toBe("hello");
    expect(seen.map((each) => each.shown)).toEqual(["edge", "", "edge", ""]);
  });
});

describe("versions and sessions", () => {
  it("nothing below the minimum", async () => {
    const { port } = await upstream(LOCAL, { maxVersion: "TLSv1.2" });
    expect(await ask(service(`https://127.0.0.1:${port}`, { minimum: "1.2" }))).toBe("hello");
    expect(await ask(service(`https://127.0.0.1:${port}`, { minimum: "1.3" }))).toContain(
      "it speaks no version of TLS that is allowed here",
    );
  });

  it("a session is taken up again, and connections that got old are made anew", async () => {
    const { port, seen } = await upstream(LOCAL);
    const api = service(`https://127.0.0.1:${port}`, {});
    for (const target of ["/close", "/close", "/"]) expect(await ask(api, target)).toBe("hello");
    expect(seen.map(({ reused }) => reused)).toEqual([false, true, true]);
    const short = service(`https://127.0.0.1:${port}`, {}, { maxAge: 0 });
    for (let index = 0; index < 2; index++) expect(await ask(short)).toBe("hello");
    expect(seen).toHaveLength(5);
  });
});

describe("health checks", () => {
  it("are made over TLS with the same settings", async () => {
    const { port, seen, server } = await upstream(issue({ names: ["api.internal"], issuer: AUTHORITY }));
    const health = { get: "/healthz", every: 50, timeout: 2_000, healthy: 1, unhealthy: 1 };
    const checked = once(server, "request");
    service(`https://127.0.0.1:${port}`, { serverName: "api.internal" }, { health });
    await checked;
    await expect.poll(() => seen[0]?.asked).toBe("api.internal");
  });
});

describe("an endpoint that does not speak TLS", () => {
  it.each<[string, (socket: Socket) => void, string]>([
    ["answers in clear text", (socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"), "it does not speak TLS"],
    ["sends garbage", (socket) => socket.write(Buffer.alloc(300, 0x5a)), "it does not speak TLS"],
    ["closes at once", (socket) => socket.end(), "no connection"],
    ["resets", (socket) => socket.resetAndDestroy(), "no connection"],
    ["is silent", () => {}, "CONNECT_TIMEOUT"],
  ])("%s", async (_what, misbehave, expected) => {
    const sockets = new Set<Socket>();
    const server = createTcpServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.once("data", () => misbehave(socket));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanups.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const api = service(`https://127.0.0.1:${portOf(server.address())}`, {}, { connectTimeout: 300 });
    for (let index = 0; index < 20; index++) {
      const said = await ask(api);
      expect(said).toMatch(/^502 upstream-unreachable /);
      expect(said).toContain(expected);
      if (expected === "CONNECT_TIMEOUT") break;
    }
    expect(api.endpoints[0]?.connections).toBe(0);
  });
});
