/** A gateway that speaks TLS on both sides, built and started as a user would: real clients, several names, and starts that are refused. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { join } from "node:path";
import { Agent, request } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { issue } from "../fakes/certificates.ts";
import { echoWebSockets, message, secureClient } from "../websocket/peers.ts";
import { build, commandBeside, type Running, startArtifact, temporaryFolder } from "./support.ts";

const authority = issue({ subject: "authority", authority: true });
const upstreamAuthority = issue({ subject: "upstream authority", authority: true });
const TOKEN = "a-token-for-this-test";
const KEY = issue({ names: ["api.internal"], issuer: upstreamAuthority });
const EDGE = issue({ subject: "edge", issuer: upstreamAuthority });
const folder = temporaryFolder();
let upstream: Server;
let artifact = "";
let gateway: Running;
let ports: { readonly clear: number; readonly fast: number; readonly strict: number };

function program(more = ""): string {
  const address = upstream.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return `vgw 1

gateway edge {
  listen: [
    http("127.0.0.1:0", redirect: 8443),
    https("127.0.0.1:0", certificates: dir("certs")),
    https("127.0.0.1:0", certificates: certificate(env("CERTIFICATE"), key: secret("TLS_KEY")), transport: strict, minimum: tls1_3, unknown: refuse),
    ${more}
  ]
  admin: http("127.0.0.1:0", token: secret("VGW_ADMIN_TOKEN"))
  threads: 2
}

service api {
  url: "https://127.0.0.1:${port}"
  tls: { ca: file("upstream/ca.pem"), server_name: "api.internal", certificate: certificate("upstream/edge.pem", key: "upstream/edge.key") }
}
service wary { url: "https://127.0.0.1:${port}" }

route GET "/up" open { forward api }
route GET "/wary" open { forward wary }
route GET "/chat" open { forward api { websocket: { idle: 1min } } }
route GET "/" open {
  set response.header("strict-transport-security") = "max-age=31536000"
  reply { scheme: request.scheme, host: request.host }
}
`;
}

function put(name: string, text: string): void {
  writeFileSync(join(folder.path, name), text, { mode: 0o600 });
}

beforeAll(async () => {
  for (const name of ["certs", "upstream"]) mkdirSync(join(folder.path, name));
  for (const name of ["default", "shop"]) {
    const { certificate, key } = issue({ names: [`${name}.example`, `*.${name}.example`], issuer: authority });
    put(`certs/${name}.pem`, certificate);
    put(`certs/${name}.key`, key);
  }
  put("strict.pem", issue({ names: ["strict.example"] }).certificate);
  put("upstream/ca.pem", upstreamAuthority.certificate);
  put("upstream/edge.pem", EDGE.certificate);
  put("upstream/edge.key", EDGE.key);
  put("authority.pem", authority.certificate);
  const demanding = { requestCert: true, rejectUnauthorized: true, ca: upstreamAuthority.certificate };
  upstream = createServer({ cert: KEY.certificate, key: KEY.key, ...demanding }, (received, response) => {
    response.end(
      JSON.stringify({ proto: received.headers["x-forwarded-proto"], forwarded: received.headers.forwarded }),
    );
  });
  upstream.on("tlsClientError", () => {});
  echoWebSockets(upstream);
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  artifact = build(folder.path, program());
  const strict = issue({ names: ["strict.example"], issuer: authority });
  put("strict.pem", strict.certificate);
  gateway = await startArtifact(artifact, ["--files", folder.path], environment(strict.key));
  const found = [...gateway.output().matchAll(/"port":(\d+),"transport":"(?:fast|strict)","scheme"/g)].map((one) =>
    Number(one[1]),
  );
  ports = { clear: found[0] ?? 0, fast: found[1] ?? 0, strict: found[2] ?? 0 };
}, 60_000);

afterAll(async () => {
  await gateway?.stop();
  upstream?.closeAllConnections();
  upstream?.close();
  folder.remove();
});

function environment(key: string): NodeJS.ProcessEnv {
  return { CERTIFICATE: "strict.pem", TLS_KEY: key, VGW_ADMIN_TOKEN: TOKEN };
}

/** As a client that believes the authority, and that finds every name on this machine. */
async function ask(port: number, name: string, path = "/", options: object = {}) {
  const agent = new Agent({ connect: { ca: authority.certificate, servername: name, ...options } });
  try {
    const { statusCode, headers, body } = await request(`https://127.0.0.1:${port}${path}`, {
      dispatcher: agent,
      headers: { host: `${name}:${port}` },
    });
    return { status: statusCode, headers, text: await body.text() };
  } finally {
    await agent.close();
  }
}

describe("clients", () => {
  test.each(["default.example", "a.default.example", "shop.example", "a.shop.example"])("verify %s", async (name) => {
    const { status, headers, text } = await ask(ports.fast, name);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({ scheme: "https", host: `${name}:${ports.fast}` });
    expect(headers["strict-transport-security"]).toBe("max-age=31536000");
  });

  test("refuse what is not for the name", async () => {
    await expect(ask(ports.fast, "other.example")).rejects.toThrow(/altnames|Hostname/);
  });

  test("speak with the strict listener in 1.3, by its name alone", async () => {
    expect((await ask(ports.strict, "strict.example")).status).toBe(200);
    await expect(ask(ports.strict, "strict.example", "/", { maxVersion: "TLSv1.2" })).rejects.toThrow();
    await expect(ask(ports.strict, "other.example", "/", { rejectUnauthorized: false })).rejects.toThrow();
  });

  test.each([
    ["fast", "shop.example"],
    ["strict", "strict.example"],
  ] as const)("open WebSockets on the %s listener, to a service that is encrypted too", async (transport, name) => {
    const ends: (() => unknown)[] = [];
    try {
      const server = { name, authority: authority.certificate };
      const client = await secureClient(ports[transport], (end) => ends.push(end), server);
      for (const data of ["text", "x".repeat(200_000)]) {
        const back = message(client);
        client.send(data);
        expect((await back).data === data).toBe(true);
      }
    } finally {
      for (const end of ends) end();
    }
  });

  test.runIf(spawnSync("curl", ["--version"]).status === 0)("curl, with each version", () => {
    for (const version of ["1.2", "1.3"]) {
      const resolve = `b.shop.example:${ports.fast}:127.0.0.1`;
      const { stdout, stderr } = spawnSync(
        "curl",
        [
          "-sS",
          "--cacert",
          join(folder.path, "authority.pem"),
          `--tlsv${version}`,
          "--tls-max",
          version,
          "--resolve",
          resolve,
          `https://b.shop.example:${ports.fast}/`,
        ],
        { encoding: "utf8" },
      );
      expect(stderr).toBe("");
      expect(JSON.parse(stdout)).toMatchObject({ scheme: "https" });
    }
  });

  test.each(["/", "/up?a=%2F&b", "/not/there"])(
    "in clear text are sent on, whatever they ask for: %s",
    async (target) => {
      const options = { redirect: "manual", method: "POST", body: "x" } as const;
      const response = await fetch(`http://127.0.0.1:${ports.clear}${target}`, options);
      expect(response.status).toBe(308);
      expect(response.headers.get("location")).toBe(`https://127.0.0.1:8443${target}`);
      await gateway.printed('"reason":"redirect-https"');
    },
  );
});

describe("services", () => {
  test("are reached with the gateway's certificate, and told that the client came over TLS", async () => {
    for (const [port, name] of [
      [ports.fast, "shop.example"],
      [ports.strict, "strict.example"],
    ] as const) {
      const { status, text } = await ask(port, name, "/up");
      expect(status).toBe(200);
      const told = JSON.parse(text);
      expect(told.proto).toBe("https");
      expect(told.forwarded).toMatch(/;proto=https$/);
    }
  });

  test("that cannot be verified are a 502, and the log alone says why", async () => {
    const { status, text } = await ask(ports.fast, "shop.example", "/wary");
    expect(status).toBe(502);
    expect(text).not.toMatch(/certificate|127\.0\.0\.1/i);
    await gateway.printed("wary: no connection (its certificate");
  });
});

test("a program with other certificates needs a restart, and says so", async () => {
  const admin = /"admin":\{[^}]*"port":(\d+)/.exec(gateway.output())?.[1] ?? "";
  const changed = build(join(folder.path, "upstream"), program('https("127.0.0.1:0", certificates: dir("more")),'));
  const { status, stderr } = await commandBeside(["deploy", changed], {
    VGW_ADMIN: `http://127.0.0.1:${admin}`,
    VGW_ADMIN_TOKEN: TOKEN,
  });
  expect(status).not.toBe(0);
  expect(stderr).toContain("listen");
});

test("nothing of a key, and no line that is not JSON, is in the log", () => {
  for (const key of [KEY.key, EDGE.key]) expect(gateway.output()).not.toContain(key.split("\n")[1]);
  expect(gateway.output()).not.toContain("PRIVATE KEY");
});

test("a start without usable certificates is refused before anything listens; the manifest says what is needed", () => {
  const { files } = JSON.parse(spawnSync("cat", [join(artifact, "manifest.json")], { encoding: "utf8" }).stdout);
  expect(files.map(({ path }: { path: string }) => path)).toEqual([
    "certs",
    "upstream/ca.pem",
    "upstream/edge.pem",
    "upstream/edge.key",
  ]);
  chmodSync(join(folder.path, "certs/shop.key"), 0o602);
  for (const args of [[], ["--check"]]) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(artifact, "gateway.mjs"), "--files", folder.path, ...args],
      { encoding: "utf8", env: { ...process.env, ...environment("no key") } },
    );
    expect(status).toBe(3);
    expect(stdout).not.toContain("start.serving");
    expect(stderr).toContain("start-certificate");
    expect(stderr).toContain("certs/shop.key may be changed by everybody");
    expect(stderr).toContain("the text of the environment holds no private key");
  }
  chmodSync(join(folder.path, "certs/shop.key"), 0o600);
});
