/** `vgw dev`: an edit is serving soon, a broken edit leaves the old program serving and says why. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { type Running, start, temporaryFolder, until, vgw } from "./support.ts";

let running: Running | null = null;
const folder = temporaryFolder();
const file = join(folder.path, "gateway.vgw");

afterEach(async () => {
  await running?.stop();
});
afterAll(() => folder.remove());

const program = (greeting: string): string => `vgw 1

gateway dev { listen: [http("127.0.0.1:0")] }

route GET "/" open { reply "${greeting}" }
`;

test("edits are followed, mistakes are explained, and Ctrl+C ends it", async () => {
  writeFileSync(file, program("one"));
  running = await start(process.execPath, [vgw, "dev", file]);
  const { port, printed, output } = running;
  const ask = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/`)).text();
  expect(await ask()).toBe("one");

  writeFileSync(file, program("two"));
  await until(
    async () => (await ask()) === "two",
    () => `the edit is not serving:\n${output()}`,
  );

  const before = output().length;
  writeFileSync(file, program("three").replace('reply "three"', "reply thre"));
  await printed("serves on", before);
  expect(output().slice(before)).toMatch(/error VGW\d{4}: .*thre/);
  expect(await ask()).toBe("two");

  writeFileSync(file, readFileSync(file, "utf8").replace("thre", '"four"'));
  await until(
    async () => (await ask()) === "four",
    () => `the mended edit is not serving:\n${output()}`,
  );
  expect(await running.stop()).toBe(0);
});
