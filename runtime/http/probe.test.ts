/**
 * Http11Probe's cases against both transports: nothing crashes or hangs, and nothing fails beyond the cases named here. The cases
 * are read from a folder beside the repository; where it is absent, that is said and nothing is run.
 */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Exchange } from "./exchange.ts";
import { strictTransport } from "./node/index.ts";
import { type ProbeCase, runProbe } from "./testing/probe.ts";
import { serveWith } from "./testing/served.ts";
import type { Transport } from "./transport.ts";
import { createFastTransport } from "./uws/index.ts";
import { loadNative } from "./uws/loader.ts";
import { probeFailures } from "./uws/probe-failures.ts";

const FILE = new URL("../../../shared/data/http11probe.json", import.meta.url);

/** The target that the cases expect: "/" echoes bodies, "/echo" the fields, "/cookie" the cookies. */
function target(exchange: Exchange): void {
  if (exchange.path === "/echo" || exchange.path === "/cookie") {
    const lines: string[] = [];
    for (let index = 0; index < exchange.headers.length; index += 2) {
      if (exchange.path === "/echo" || exchange.headers[index] === "cookie") {
        lines.push(`${exchange.headers[index]}: ${exchange.headers[index + 1]}`);
      }
    }
    exchange.respond(200, ["content-type", "text/plain"], lines.join("\n"));
    return;
  }
  if (!["GET", "HEAD", "POST", "PUT", "OPTIONS"].includes(exchange.method)) {
    exchange.respond(405, ["allow", "GET, HEAD, POST, PUT, OPTIONS"], null);
    return;
  }
  const chunks: Uint8Array[] = [];
  exchange.body.consume({
    chunk: (data) => {
      chunks.push(data);
    },
    end: () => {
      if (exchange.method === "OPTIONS") exchange.respond(200, ["allow", "GET, HEAD, POST, PUT, OPTIONS"], "OK");
      else exchange.respond(200, ["content-type", "text/plain"], chunks.length === 0 ? "OK" : Buffer.concat(chunks));
    },
    fail: () => {
      exchange.closeAfter();
      exchange.respond(400, [], "bad body");
    },
  });
}

function probes(transport: Transport, known: readonly string[]): void {
  describe(transport.description, () => {
    const serve = serveWith(transport);
    test("Http11Probe", async () => {
      const { cases }: { cases: ProbeCase[] } = JSON.parse(readFileSync(FILE, "utf8"));
      const served = await serve(target);
      const results = await runProbe(served.port, cases, 600);
      const scored = results.filter((result) => result.scored);
      const count = (verdict: string): number => scored.filter((result) => result.verdict === verdict).length;
      const failed = scored.filter((result) => result.verdict === "Fail");
      process.stdout.write(
        `${transport.description}: ${count("Pass")} pass, ${count("Warn")} warn, ${count("Fail")} fail of ${scored.length} scored\n` +
          failed.map((result) => `  fail ${result.id}: ${result.outcome}\n`).join(""),
      );
      // Still there, and in its right mind.
      const client = await served.connect();
      await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      expect((await client.answer()).body).toBe("OK");
      expect(served.failures).toEqual([]);
      expect(failed.map((result) => result.id).filter((id) => !known.includes(id))).toEqual([]);
    });
  });
}

if (!existsSync(FILE)) {
  test.skip(`Http11Probe's cases are not here (${FILE.pathname}): nothing was probed`, () => {});
} else {
  const { native } = loadNative({ headLimit: 16_384 });
  probes(strictTransport, []);
  if (native !== null) {
    probes(
      createFastTransport(native),
      probeFailures(native.version).flatMap(({ cases }) => cases),
    );
  }
}
