/** What `cases/limit/shared.case` says of one gateway holds as well where a real Redis answers: on both transports, for what is exact and what is leased. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadNative } from "../../runtime/http/uws/loader.ts";
import { REDIS_SERVER, RedisServer } from "../fakes/redis-server.ts";
import { gatewayDriver } from "./gateway.ts";
import { readCase } from "./read.ts";
import { judge } from "./suite.ts";

const PATH = "limit/shared.case";
const text = readFileSync(join(import.meta.dirname, "cases", PATH), "utf8");
const TRANSPORTS = ["strict", ...(loadNative().native === null ? [] : ["fast"])] as const;
if (REDIS_SERVER === null)
  process.stderr.write("redis-server is not installed: shared limits are not tried with one\n");

describe.skipIf(REDIS_SERVER === null)("limits that gateways share, where Redis answers", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    if (REDIS_SERVER !== null) redis = await new RedisServer("--appendonly", "no").start();
  });
  afterAll(() => redis?.remove());

  for (const transport of TRANSPORTS) {
    it(`${transport}: every answer is as the case says`, async () => {
      await redis.ask(["FLUSHALL"]);
      const file = readCase(
        `${PATH} with a Redis`,
        text
          .replace("redis://127.0.0.1:1", redis.url)
          .replaceAll(/when_away: allow/g, "when_away: refuse")
          .replace("100ms", "5s"),
      );
      const running = await gatewayDriver(transport === "fast" ? "fast" : "strict").start(file);
      try {
        for (const one of file.cases) {
          const seen = await running.send(one.request);
          expect(judge(one, seen, null), one.title).toEqual([]);
        }
      } finally {
        await running.stop();
      }
      expect(String(await redis.ask(["KEYS", "vgw:{corpus}:*"]))).toMatch(/rate:/);
    }, 30_000);
  }
});
