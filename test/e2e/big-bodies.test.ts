/** A gigabyte passes in both directions on both transports, and the gateway's memory does not follow it; a client that vanishes frees everything. */
import { existsSync } from "node:fs";
import { type ClientRequest, get, request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fastCapabilities, STRICT } from "../../runtime/http/capabilities.ts";
import { loadNative } from "../../runtime/http/uws/loader.ts";
import { build, residentMemory, type Running, startArtifact, temporaryFolder, until, upstream } from "./support.ts";

const GIGABYTE = 1_000_000_000;
/** What buffers on the way may hold at most; the body is more than ten times this. */
const GROWTH = 80_000_000;
/** Enough for every buffer and pool to reach its size before memory is looked at. */
const WARM_UP = 100_000_000;
const CHUNK = Buffer.alloc(1_000_000, "x");

const { native } = loadNative();
// Where no build loads, the strict transport serves in its place.
const fast = native === null ? STRICT : fastCapabilities(native.version);

describe.each([
  ["fast", fast],
  ["strict", STRICT],
] as const)("%s transport", (transport, can) => {
  const folder = temporaryFolder();
  let service: Awaited<ReturnType<typeof upstream>>;
  let gateway: Running;
  let open = 0;
  let asked = 0;

  beforeAll(async () => {
    service = await upstream((incoming, outgoing) => {
      open++;
      asked++;
      outgoing.once("close", () => {
        open--;
      });
      if (incoming.method === "POST") {
        let bytes = 0;
        incoming.on("data", (data: Buffer) => {
          bytes += data.length;
        });
        incoming.on("end", () => outgoing.end(String(bytes)));
        return;
      }
      let left = Number(incoming.url?.slice(1));
      outgoing.writeHead(200, Number.isFinite(left) ? { "content-length": left } : {});
      const more = (): void => {
        while (left > 0 && !outgoing.destroyed) {
          left -= CHUNK.length;
          if (!outgoing.write(CHUNK)) {
            outgoing.once("drain", more);
            return;
          }
        }
        outgoing.end();
      };
      more();
    });
    const artifact = build(
      folder.path,
      `vgw 1

gateway big {
  listen: [http("127.0.0.1:0", transport: ${transport})]
  threads: 1
  access_log: false
}

service up { url: "${service.url}" }

route any "/{path...}" open {
  body: 2GB
  forward up
}
`,
    );
    gateway = await startArtifact(artifact);
  });

  afterAll(async () => {
    await gateway?.stop();
    await service?.close();
    folder.remove();
  });

  /** The most that memory grew above what it was, while `work` ran. */
  async function growth(work: () => Promise<void>): Promise<number> {
    const pid = gateway.child.pid ?? 0;
    const before = residentMemory(pid);
    let most = before;
    const timer = setInterval(() => {
      most = Math.max(most, residentMemory(pid));
    }, 50);
    await work();
    clearInterval(timer);
    return most - before;
  }

  const path = (name: string) => ({ host: "127.0.0.1", port: gateway.port, path: name });

  function download(size: number): Promise<number> {
    return new Promise((resolve, reject) => {
      get(path(`/${size}`), (response) => {
        let bytes = 0;
        response.on("data", (data: Buffer) => {
          bytes += data.length;
        });
        response.on("end", () => resolve(bytes));
        response.on("error", reject);
      }).on("error", reject);
    });
  }

  type Framing = "chunked" | "length";

  function upload(size: number, framing: Framing): Promise<string> {
    return new Promise((resolve, reject) => {
      const sent: ClientRequest = request(
        {
          ...path("/"),
          method: "POST",
          headers: framing === "chunked" ? { "transfer-encoding": "chunked" } : { "content-length": size },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (data: string) => {
            text += data;
          });
          response.on("end", () => resolve(text));
        },
      ).on("error", reject);
      let left = size;
      const more = (): void => {
        while (left > 0) {
          left -= CHUNK.length;
          if (!sent.write(CHUNK)) {
            // Slower than memory, as any network is (`Capabilities.promptPause`).
            sent.once("drain", can.promptPause ? more : () => setTimeout(more, 2));
            return;
          }
        }
        sent.end();
      };
      more();
    });
  }

  test.runIf(existsSync("/proc/self/status"))("download", async () => {
    await download(WARM_UP);
    let bytes = 0;
    const grown = await growth(async () => {
      bytes = await download(GIGABYTE);
    });
    expect(bytes).toBe(GIGABYTE);
    expect(grown).toBeLessThan(GROWTH);
  });

  describe.each(["chunked", "length"] as const)("upload, %s", (framing) => {
    const isTaken = framing === "chunked" || can.declaredLength === null || can.declaredLength >= GIGABYTE;

    test.runIf(isTaken && existsSync("/proc/self/status"))("memory is flat", async () => {
      await upload(WARM_UP, framing);
      let received = "";
      const grown = await growth(async () => {
        received = await upload(GIGABYTE, framing);
      });
      expect(received).toBe(String(GIGABYTE));
      expect(grown).toBeLessThan(GROWTH);
    });

    test.runIf(!isTaken)("a length of ten digits is closed, and the service hears nothing", async () => {
      const before = asked;
      await expect(upload(GIGABYTE, framing)).rejects.toThrow(/socket hang up|ECONNRESET|EPIPE/);
      expect(asked).toBe(before);
    });
  });

  test("clients that vanish in the middle leave no upstream request behind", async () => {
    await Promise.all(
      Array.from(
        { length: 20 },
        () =>
          new Promise<void>((resolve) => {
            const asked = get(path("/Infinity"), (response) => {
              response.once("data", () => {
                asked.destroy();
                resolve();
              });
            });
            asked.on("error", () => undefined);
          }),
      ),
    );
    await until(
      () => open === 0,
      () => `${open} upstream requests are still open`,
    );
  });
});
