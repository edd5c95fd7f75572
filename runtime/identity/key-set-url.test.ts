/** Keys that are fetched: never waited for while there are some, never fetched more often than they say, never lost. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fetchText } from "./fetch-text.ts";
import type { Keys } from "./key-source.ts";
import { KeySetUrl, UNKNOWN_KID_MEMORY, UNKNOWN_KID_PAUSE } from "./key-set-url.ts";

/** The public key of RFC 8037, appendix A. */
const key = (kid: string): object => ({
  kty: "OKP",
  crv: "Ed25519",
  kid,
  x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
});
const setOf = (...kids: string[]): string => JSON.stringify({ keys: kids.map(key) });

const REFRESH = 600_000;
const LONGEST_PAUSE = 60_000;

describe("a key set behind a URL", () => {
  let time = 0;
  let fetches = 0;
  let answer: () => Promise<string>;
  let notes: (string | null)[];
  let source: KeySetUrl;

  beforeEach(() => {
    time = 1000;
    fetches = 0;
    notes = [];
    answer = () => Promise.resolve(setOf("a"));
    source = new KeySetUrl({
      refresh: REFRESH,
      fetch: () => {
        fetches++;
        return answer();
      },
      clock: () => time,
      note: (problem) => notes.push(problem),
    });
  });

  const kids = async (kid: string | null = "a"): Promise<unknown> => {
    const keys: Keys = await source.keysFor(kid);
    return keys === "away" ? keys : keys.map((one) => one.kid);
  };

  it("is fetched once, however many wait for it", async () => {
    expect(await Promise.all([kids(), kids(), kids("b"), kids(null)])).toEqual([["a"], ["a"], ["a"], ["a"]]);
    expect(fetches).toBe(1);
  });

  it("is fetched again when it is old, and nobody waits for that", async () => {
    await kids();
    time += REFRESH;
    answer = () => Promise.resolve(setOf("a", "b"));
    expect(source.keysFor("a")).toHaveLength(1);
    await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(await kids()).toEqual(["a", "b"]);
    expect(fetches).toBe(2);
  });

  it("goes on serving while the issuer is away, and asks more and more rarely", async () => {
    await kids();
    answer = () => Promise.reject(new Error("away"));
    time += REFRESH;
    for (let second = 0; second < 120; second++) {
      expect(await kids()).toEqual(["a"]);
      await new Promise((resolve) => setImmediate(resolve));
      time += 1000;
    }
    // After 1, 2, 4, 8, 16, 32 and 60 seconds.
    expect(fetches).toBe(1 + 7);
    answer = () => Promise.resolve(setOf("b"));
    time += LONGEST_PAUSE;
    await kids();
    await new Promise((resolve) => setImmediate(resolve));
    expect(await kids("b")).toEqual(["b"]);
  });

  it("knows nobody before the first answer, and asks again after a pause", async () => {
    answer = () => Promise.reject(new Error("no route to host"));
    expect(await kids()).toBe("away");
    expect(await kids()).toBe("away");
    expect(fetches).toBe(1);
    expect(notes).toEqual(["no route to host"]);
    time += 1000;
    answer = () => Promise.resolve(setOf("a"));
    expect(await kids()).toEqual(["a"]);
  });

  it("is asked for a key that it does not have, so that a rotation is seen at once", async () => {
    await kids();
    const { version } = source;
    answer = () => Promise.resolve(setOf("b"));
    expect(await kids("b")).toEqual(["b"]);
    // What was verified with the old keys is verified anew.
    expect(source.version).toBe(version + 1);
  });

  it("is not asked by made-up kids more than once in a while, nor twice for the same", async () => {
    await kids();
    for (let index = 0; index < 5000; index++) await kids(`made-up-${index}`);
    expect(fetches).toBe(2);
    time += UNKNOWN_KID_PAUSE;
    await kids("made-up-0");
    expect(fetches).toBe(2);
    await kids("another");
    expect(fetches).toBe(3);
    time += UNKNOWN_KID_MEMORY;
    await kids("another");
    expect(fetches).toBe(4);
  });

  it.each(["", "[]", "{}", '{"keys":{}}', '{"keys":[]}', '{"keys":[{"kty":"oct","k":"AAAA"}]}', "<html>"])(
    "keeps its keys when %j comes instead",
    async (text) => {
      await kids();
      answer = () => Promise.resolve(text);
      time += REFRESH;
      await kids();
      await new Promise((resolve) => setImmediate(resolve));
      expect(await kids()).toEqual(["a"]);
      expect(notes.at(-1)).not.toBeNull();
    },
  );
});

describe("the fetch", () => {
  let server: Server;
  let origin = "";
  beforeEach(async () => {
    server = createServer((request, response) => {
      switch (request.url) {
        case "/good":
          response.end(setOf("a"));
          return;
        case "/moved":
          response.writeHead(302, { location: "/good" }).end();
          return;
        case "/endless":
          response.write("x".repeat(300_000));
          return;
        case "/cut":
          response.writeHead(200, { "content-length": "100" });
          response.write("half");
          setImmediate(() => response.destroy());
          return;
        default:
          response.writeHead(503).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("gives the text", async () => {
    expect(await fetchText(`${origin}/good`)).toBe(setOf("a"));
  });

  it.each([
    ["/moved", "302"],
    ["/away", "503"],
    ["/endless", "larger"],
    ["/cut", "closed before"],
  ])("%s is refused", async (path, why) => {
    await expect(fetchText(origin + path)).rejects.toThrow(why);
  });

  it("says when nothing listens", async () => {
    await expect(fetchText("http://127.0.0.1:1/")).rejects.toThrow("ECONNREFUSED");
  });
});
