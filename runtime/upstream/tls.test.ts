import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SELF_SIGNED } from "../../test/fakes/self-signed.ts";

/** The beginning of a program that asks a TLS server on 127.0.0.1, and prints what `ask` gives. Only a new process trusts another authority. */
function program(client: { readonly file: string; readonly name: string }, ask: string): string {
  const at = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
  return `
    import { createServer } from "node:https";
    import { Recorder } from ${at("testing/recorder.ts")};
    import { ${client.name} as createClient } from ${at(client.file)};
    import { SELF_SIGNED } from ${at("../../test/fakes/self-signed.ts")};
    let reused = 0;
    const server = createServer(SELF_SIGNED, (request, response) => {
      if (request.method === "PUT") return request.pipe(response);
      if (request.url === "/close") response.setHeader("connection", "close");
      response.end(request.headers.host);
    });
    server.on("secureConnection", (socket) => (reused += socket.isSessionReused() ? 1 : 0));
    server.on("tlsClientError", () => {});
    const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
    const clientFor = (name) =>
      createClient({ origin: "https://" + name + ":" + server.address().port, connections: 1, connectTimeout: 5000, keepAlive: 5000 });
    const get = (host, target = "/") => ({ method: "GET", target, headers: [], host, body: null, idle: 5000 });
    server.listen(0, "127.0.0.1", async () => {
      ${ask}
      server.close();
    });`;
}

function run(text: string): unknown {
  const folder = mkdtempSync(join(tmpdir(), "vgw-tls-"));
  const authorities = join(folder, "authorities.pem");
  writeFileSync(authorities, SELF_SIGNED.cert);
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", text], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: authorities },
    encoding: "utf8",
  });
  rmSync(folder, { recursive: true });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

const HTTP1 = { file: "http1/index.ts", name: "createHttp1Client" };
const UNDICI = { file: "testing/undici/client.ts", name: "createUndiciClient" };

describe.each([HTTP1, UNDICI])("$name", (client) => {
  it("takes a certificate of a known authority for its name, whatever Host says, and no other", {
    timeout: 30_000,
  }, () => {
    const said = run(
      program(
        client,
        `
      const said = [];
      for (const name of ["127.0.0.1", "localhost"]) {
        const client = clientFor(name);
        for (const host of ["one.example", "two.example"]) {
          const recorder = new Recorder(client, get(host));
          said.push([name, await recorder.over, recorder.text || recorder.detail, client.opened]);
          await settled();
        }
        await client.close();
      }
      console.log(JSON.stringify(said));`,
      ),
    );
    expect(said).toEqual([
      ["127.0.0.1", "complete", "one.example", 1],
      ["127.0.0.1", "complete", "two.example", 1],
      // The certificate is for the address only.
      ["localhost", "connect", "ERR_TLS_CERT_ALTNAME_INVALID", 0],
      ["localhost", "connect", "ERR_TLS_CERT_ALTNAME_INVALID", 0],
    ]);
  });
});

it("a session is taken up again by the next connection", { timeout: 30_000 }, () => {
  const ask = `
    const client = clientFor("127.0.0.1");
    for (const target of ["/close", "/close", "/"]) {
      await new Recorder(client, get("x", target)).over;
      await settled();
    }
    await client.close();
    console.log(JSON.stringify([client.opened, reused]));`;
  expect(run(program(HTTP1, ask))).toEqual([3, 2]);
});

it("long bodies go both ways, held back and let go on", { timeout: 30_000 }, () => {
  const ask = `
    const client = clientFor("127.0.0.1");
    const total = 4 * 1024 * 1024;
    const recorder = new Recorder(client, { method: "PUT", target: "/", headers: [], host: "x", body: { length: total }, idle: 5000 });
    recorder.pauseAfter = 100_000;
    let sent = 0;
    const more = () => {
      while (sent < total) {
        sent += 65536;
        if (!recorder.attempt.write(Buffer.alloc(65536, "x"))) return;
      }
      recorder.attempt.end();
    };
    recorder.onDrain = more;
    more();
    await recorder.until(() => recorder.paused);
    const before = recorder.bytes;
    await settled();
    const held = recorder.bytes === before;
    recorder.pauseAfter = Infinity;
    recorder.resume();
    console.log(JSON.stringify([held, await recorder.over, recorder.bytes === total, client.opened]));
    await client.close();`;
  expect(run(program(HTTP1, ask))).toEqual([true, "complete", true, 1]);
});
