/** `pipelining` of a service, from the program to the wire: many clients, one connection upstream, and each its own answer. */
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build, type Running, startArtifact, temporaryFolder } from "./support.ts";

const folder = temporaryFolder();
let gateway: Running;
let connections = 0;
let most = 0;

/** Answers each request with its path; those sent behind one another arrive in one read. */
const upstream = createServer((socket) => {
  connections++;
  let text = "";
  socket.on("error", () => socket.destroy());
  socket.on("data", (data) => {
    text += data.toString("latin1");
    const heads = text.split("\r\n\r\n");
    text = heads.pop() ?? "";
    most = Math.max(most, heads.length);
    socket.write(
      heads
        .map((head) => {
          const [method = "", path = ""] = head.split(" ");
          const length = `HTTP/1.1 200 OK\r\ncontent-length: ${path.length}\r\n\r\n`;
          return method === "HEAD" ? length : length + path;
        })
        .join(""),
    );
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const { port } = upstream.address() as AddressInfo;
  const artifact = build(
    folder.path,
    `vgw 1
gateway edge { listen: http("127.0.0.1:0"), threads: 1, access_log: false }
service up { url: "http://127.0.0.1:${port}", pipelining: 1 }
route any "/{path...}" open { forward up }
`,
  );
  gateway = await startArtifact(artifact, [], {});
}, 60_000);
afterAll(async () => {
  await gateway?.stop();
  await new Promise((resolve) => upstream.close(resolve));
  folder.remove();
});

test("safe requests share the connection, and each client gets its own answer", async () => {
  const paths = Array.from({ length: 200 }, (_, index) => `/${index}`);
  const answers = await Promise.all(
    paths.map(async (path) => (await fetch(`http://127.0.0.1:${gateway.port}${path}`)).text()),
  );
  expect(answers).toEqual(paths);
  expect(connections).toBe(1);
  expect(most).toBeGreaterThan(1);
});
