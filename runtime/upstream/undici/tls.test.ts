import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SELF_SIGNED } from "../../../test/fakes/self-signed.ts";

/** Asks a TLS server on 127.0.0.1 by each of these names, and prints how it went. */
const PROGRAM = `
  import { createServer } from "node:https";
  import { Recorder } from ${JSON.stringify(new URL("../testing/recorder.ts", import.meta.url).href)};
  import { createUndiciClient } from ${JSON.stringify(new URL("client.ts", import.meta.url).href)};
  import { SELF_SIGNED } from ${JSON.stringify(new URL("../../../test/fakes/self-signed.ts", import.meta.url).href)};
  const server = createServer(SELF_SIGNED, (request, response) => response.end(request.headers.host));
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1", async () => {
    const said = [];
    for (const name of ["127.0.0.1", "localhost"]) {
      const origin = "https://" + name + ":" + server.address().port;
      const client = createUndiciClient({ origin, connections: 1, connectTimeout: 5000, keepAlive: 5000 });
      for (const host of ["one.example", "two.example"]) {
        const request = { method: "GET", target: "/", headers: [], host, body: null, idle: 5000 };
        const recorder = new Recorder(client, request);
        said.push([name, await recorder.over, recorder.text || recorder.detail, client.opened]);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await client.close();
    }
    console.log(JSON.stringify(said));
    server.close();
  });`;

it("takes a certificate of a known authority for its name, whatever Host says, and no other", () => {
  const folder = mkdtempSync(join(tmpdir(), "vgw-tls-"));
  const authorities = join(folder, "authorities.pem");
  writeFileSync(authorities, SELF_SIGNED.cert);
  const run = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", PROGRAM], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: authorities },
    encoding: "utf8",
  });
  rmSync(folder, { recursive: true });
  expect(run.stderr).toBe("");
  expect(JSON.parse(run.stdout)).toEqual([
    ["127.0.0.1", "complete", "one.example", 1],
    ["127.0.0.1", "complete", "two.example", 1],
    // The certificate is for the address only.
    ["localhost", "connect", "ERR_TLS_CERT_ALTNAME_INVALID", 0],
    ["localhost", "connect", "ERR_TLS_CERT_ALTNAME_INVALID", 0],
  ]);
});
