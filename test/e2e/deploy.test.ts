/** `vgw deploy`, `vgw rollback` and `vgw status` against a real gateway: no request is lost, and every refusal says why and what is next. */
import { createHash } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { build, commandBeside, type Running, startArtifact, temporaryFolder, until, upstream } from "./support.ts";

const TOKEN = "a-token-for-this-test";
const folder = temporaryFolder();
let release: () => void = () => undefined;
let service: Awaited<ReturnType<typeof upstream>>;
let gateway: Running;
let admin = "";
let one = "";
let two = "";

function program(text: string, settings = ""): string {
  return `vgw 1

gateway edge {
  listen: [http("127.0.0.1:0")]
  admin: http("127.0.0.1:0", token: secret("VGW_ADMIN_TOKEN"))
  threads: 2
  ${settings}
}

service slow { url: "${service.url}" }

route GET "/" open { reply "${text}" }
route GET "/slow" open { forward slow }
`;
}

/** The artifact of a program in a folder that the gateway does not know. */
function artifact(name: string, source: string): string {
  const target = join(folder.path, name);
  cpSync(build(folder.path, source), target, { recursive: true });
  return target;
}

/** Another bundle in a copy of an artifact; its manifest promises it unless it is to lie. */
function withCode(name: string, code: string, honest = true): string {
  const target = join(folder.path, name);
  cpSync(one, target, { recursive: true });
  writeFileSync(join(target, "bundle.cjs"), code);
  if (!honest) return target;
  const manifest = join(target, "manifest.json");
  const hash = createHash("sha256").update(code).digest("hex");
  writeFileSync(manifest, JSON.stringify({ ...JSON.parse(readFileSync(manifest, "utf8")), hash }));
  return target;
}

function ask(...args: string[]): ReturnType<typeof commandBeside> {
  return commandBeside(args, { VGW_ADMIN: admin, VGW_ADMIN_TOKEN: TOKEN });
}

async function json(...args: string[]) {
  const { status, stdout } = await ask(...args, "--json");
  return { status, ...JSON.parse(stdout) };
}

/** Waits for a text in the admin listener's own answer: a command takes too long to be asked again and again. */
async function statusShows(text: string): Promise<void> {
  let shown = "";
  await until(
    async () => {
      const response = await fetch(`${admin}/status`, { headers: { authorization: `Bearer ${TOKEN}` } });
      shown = await response.text();
      return shown.includes(text);
    },
    () => `no ${text} in ${shown}`,
  );
}

async function answer(path = "/"): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`);
  return `${response.status} ${await response.text()}`;
}

beforeAll(async () => {
  service = await upstream((_request, response) => {
    release = () => response.end("slow");
  });
  one = artifact("one", program("one"));
  two = artifact("two", program("two"));
  gateway = await startArtifact(one, [], { VGW_ADMIN_TOKEN: TOKEN });
  admin = `http://127.0.0.1:${/"admin":\{[^}]*"port":(\d+)/.exec(gateway.output())?.[1]}`;
});
afterAll(async () => {
  await gateway?.stop();
  await service?.close();
  folder.remove();
});

describe("a deploy", () => {
  beforeEach(async () => {
    await ask("deploy", one);
  });

  test("is served by every request from then on, and loses none", async () => {
    expect(await answer()).toBe("200 one");
    const seen: string[] = [];
    let going = true;
    const clients = Array.from({ length: 8 }, async () => {
      while (going) seen.push(await answer());
    });
    const done = await ask("deploy", two);
    expect(await answer()).toBe("200 two");
    going = false;
    await Promise.all(clients);
    expect(done).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^edge serves [0-9a-f]{12} as generation \d+/),
    });
    expect(done.stderr).toContain("vgw rollback");
    expect(new Set(seen)).toEqual(new Set(["200 one", "200 two"]));
  });

  test("leaves a request where it began, and says so", async () => {
    const slow = answer("/slow");
    await statusShows('"inFlight": 1');
    const { id } = (await json("status")).generations.serving;
    expect((await ask("deploy", two)).stdout).toContain(`1 in flight end on generation ${id}`);
    expect((await ask("status")).stdout).toContain(`drains generation ${id}, 1 in flight`);
    release();
    expect(await slow).toBe("200 slow");
    await statusShows('"draining": []');
  });

  test("of what serves already changes nothing and says so", async () => {
    const before = (await json("status")).generations.serving.id;
    expect(await ask("deploy", one)).toMatchObject({ status: 0, stdout: expect.stringContaining("already") });
    expect(await json("deploy", one)).toMatchObject({ status: 0, changed: false, generation: { id: before } });
  });

  test("is taken back by a rollback", async () => {
    const before = (await json("status")).generations.serving;
    const deployed = await json("deploy", two);
    expect(deployed).toMatchObject({ status: 0, changed: true, previous: { id: before.id, hash: before.hash } });
    expect(await answer()).toBe("200 two");
    expect(await ask("rollback")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(before.hash.slice(0, 12)),
    });
    expect(await answer()).toBe("200 one");
    expect((await ask("status")).stdout).toContain(`can roll back to ${deployed.generation.hash.slice(0, 12)}`);
  });

  test.each([
    { name: "does not parse", code: "(", honest: true, says: "start-bundle", exit: 1 },
    { name: "throws when it is loaded", code: 'throw new Error("boom")', honest: true, says: "boom", exit: 1 },
    { name: "is not its manifest's", code: "exports.load = 1", honest: false, says: "start-hash", exit: 1 },
  ])("of a bundle that $name is refused, and the old one serves on", async ({ name, code, honest, says, exit }) => {
    const done = await ask("deploy", withCode(name.replaceAll(/\W/g, "-"), code, honest));
    expect(done).toMatchObject({ status: exit, stdout: "", stderr: expect.stringContaining(says) });
    expect(done.stderr).toContain("help: nothing has changed");
    expect(await answer()).toBe("200 one");
  });

  test("that changes what sockets are made from asks for a restart and names the settings", async () => {
    const other = artifact("limits", program("other", "limits: { body: 5MB }"));
    expect(await ask("deploy", other)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/ {2}- limits\n.*restart/s),
    });
    expect(await json("deploy", other)).toMatchObject({
      status: 1,
      error: { code: "swap-restart", problems: ["limits"] },
    });
    expect(await answer()).toBe("200 one");
  });
});

test("the token comes from a file too, and from no argument", async () => {
  const file = join(folder.path, "token");
  writeFileSync(file, `${TOKEN}\n`);
  expect(await commandBeside(["status", "--admin", admin, "--token-file", file])).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^edge: serving, up .*2 threads.*\n.*\n(.*\n)* {2}listens on 127\.0\.0\.1:\d+/),
  });
  expect((await commandBeside(["status", "--token", TOKEN])).status).toBe(2);
  expect((await commandBeside(["status", "--admin", `http://x:${TOKEN}@127.0.0.1:1`])).status).toBe(2);
  expect(await commandBeside(["status", "--token-file", join(folder.path, "none")])).toMatchObject({
    status: 3,
    stderr: expect.stringContaining("cannot be read"),
  });
});

test("a wrong token, and none", async () => {
  for (const command of [["status"], ["rollback"], ["deploy", two]]) {
    const wrong = await commandBeside(command, { VGW_ADMIN: admin, VGW_ADMIN_TOKEN: "other" });
    expect(wrong).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/does not take this token\nhelp: .*VGW_ADMIN_TOKEN/),
    });
  }
  const none = await commandBeside(["status"], { VGW_ADMIN: admin, VGW_ADMIN_TOKEN: "" });
  expect(none).toMatchObject({ status: 3, stderr: expect.stringContaining("wants a token") });
});

test("where no gateway listens, or something else does", async () => {
  const closed = await upstream(() => undefined);
  await closed.close();
  const nobody = await commandBeside(["status", "--json"], { VGW_ADMIN: closed.url });
  expect(nobody.status).toBe(3);
  expect(JSON.parse(nobody.stdout).error).toMatchObject({
    code: "unreachable",
    help: expect.stringContaining("--admin"),
  });
  const program = await commandBeside(["status"], { VGW_ADMIN: `http://127.0.0.1:${gateway.port}` });
  expect(program).toMatchObject({ status: 3, stderr: expect.stringContaining("no gateway's admin listener") });
  expect((await commandBeside(["status", "--admin", "127.0.0.1:9901"])).status).toBe(2);
});

test("a folder that no build wrote", async () => {
  expect(await ask("deploy", folder.path)).toMatchObject({
    status: 3,
    stderr: expect.stringContaining("vgw build -o dist"),
  });
});

test("a gateway that never swapped has nothing to roll back to", async () => {
  const fresh = await startArtifact(two, [], { VGW_ADMIN_TOKEN: TOKEN });
  try {
    const port = /"admin":\{[^}]*"port":(\d+)/.exec(fresh.output())?.[1];
    const done = await commandBeside(["rollback"], { VGW_ADMIN: `http://127.0.0.1:${port}`, VGW_ADMIN_TOKEN: TOKEN });
    expect(done).toMatchObject({ status: 3, stderr: expect.stringContaining("rollback-none") });
  } finally {
    await fresh.stop();
  }
});
