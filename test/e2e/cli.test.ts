/** The command `vgw` as a user meets it: what it prints, what it answers a script with, and that mistakes are told. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { command, root, temporaryFolder } from "./support.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

function write(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
}

const CLEAN = 'vgw 1\n\nroute GET "/" open { reply "hello" }\n';
const UNTESTED = write("clean.vgw", CLEAN);
const BROKEN = write("broken.vgw", 'vgw 1\n\nroute GET "/" open { reply helo }\n');

describe("vgw init", () => {
  test("what it writes is checked, laid out, and passes its own tests both ways", () => {
    const path = join(folder.path, "new");
    expect(command(["init", path]).status).toBe(0);
    for (const args of [["check"], ["fmt", "--check"], ["test"], ["test", "--compiled"]]) {
      const done = command([...args, path]);
      expect(done.status, `${args.join(" ")}:\n${done.stdout}${done.stderr}`).toBe(0);
    }
    expect(command(["check", path]).stdout).toContain("no problems");
    expect(command(["init", path])).toMatchObject({ status: 3, stderr: expect.stringContaining("already there") });
  });
});

describe("vgw check", () => {
  test("a clean program", () => {
    expect(command(["check", UNTESTED])).toMatchObject({ status: 0, stderr: "" });
  });

  test("a program with a mistake, for people and for machines", () => {
    const told = command(["check", BROKEN]);
    expect(told.status).toBe(1);
    expect(told.stderr).toMatch(/^error VGW2003: there is nothing called `helo`\n {2}.*broken\.vgw:3:28\n/);
    const json = command(["check", "--json", BROKEN]);
    expect(json.status).toBe(1);
    expect(JSON.parse(json.stdout).diagnostics).toMatchObject([
      { code: "VGW2003", severity: "error", primary: { span: { line: 3, column: 28, endColumn: 32 } } },
    ]);
  });

  test("--fix mends what is certain and says what is left", () => {
    const path = write(
      "fixable.vgw",
      'vgw 1\n\nroute GET "/" open when request.method == "GET" && true { reply "a" }\n',
    );
    const done = command(["check", "--fix", path]);
    expect(readFileSync(path, "utf8")).toContain('"GET" and true');
    expect(done.stderr).toContain("1 fix applied");
  });

  test("a file that is not there", () => {
    expect(command(["check", join(folder.path, "none.vgw")])).toMatchObject({
      status: 3,
      stderr: expect.stringContaining("help:"),
    });
  });

  test("a folder without a program", () => {
    const path = join(folder.path, "empty");
    mkdirSync(path);
    expect(command(["check", path])).toMatchObject({ status: 3, stderr: expect.stringContaining("gateway.vgw") });
  });
});

describe("vgw test", () => {
  test("a failing test shows the expression, what it was, and how the request was decided", () => {
    const path = write(
      "failing.vgw",
      `${CLEAN}\ntest "it is polite" {\n  send GET "/"\n  expect status == 200, body == "good day"\n}\n`,
    );
    const done = command(["test", path]);
    expect(done.status).toBe(1);
    expect(done.stdout).toContain("FAIL it is polite");
    expect(done.stdout).toContain('body == "good day"');
    expect(done.stdout).toContain("hello");
    expect(done.stdout).toContain("matches");
    expect(command(["test", "--compiled", path]).status).toBe(1);
  });

  test("no tests, or none that was asked for", () => {
    expect(command(["test", UNTESTED])).toMatchObject({ status: 2, stderr: expect.stringContaining("no tests") });
    const hello = join(root, "examples/01-hello");
    expect(command(["test", hello, "--only", "nothing like this"]).status).toBe(2);
    expect(command(["test", hello, "--json"]).status).toBe(0);
  });
});

describe("vgw build", () => {
  test.each([
    [
      'identity callers = api_key { keys: file("none.json") }\nroute GET "/" { identify callers; reply "a" }',
      "callers",
    ],
    ['route GET "/" open { reply file("none.html") }', "serves it"],
  ])("a file that is built in and is not there: %s", (program, why) => {
    const path = write("without-file.vgw", `vgw 1\n\n${program}\n`);
    const done = command(["build", path, "-o", join(folder.path, "never")]);
    expect(done).toMatchObject({ status: 3, stderr: expect.stringContaining(why) });
    expect(done.stderr).toMatch(/^error: .*none\.\w+ cannot be read.*\nhelp: /m);
    expect(done.stderr).not.toContain("VGW9001");
  });

  test("writes a folder and leaves a foreign one alone", () => {
    const out = join(folder.path, "dist");
    expect(command(["build", UNTESTED, "-o", out])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/bundle [\d.]+ KB/),
    });
    expect(readdirSync(out)).toEqual(
      expect.arrayContaining(["gateway.mjs", "bundle.cjs", "bundle.cjs.map", "manifest.json"]),
    );
    const foreign = join(folder.path, "foreign");
    mkdirSync(foreign);
    writeFileSync(join(foreign, "thesis.txt"), "years of work");
    expect(command(["build", UNTESTED, "-o", foreign])).toMatchObject({
      status: 3,
      stderr: expect.stringContaining("help:"),
    });
    expect(readdirSync(foreign)).toEqual(["thesis.txt"]);
  });

  test("a program with errors is not built", () => {
    const out = join(folder.path, "never");
    expect(command(["build", BROKEN, "-o", out]).status).toBe(1);
  });
});

describe("vgw fmt, explain, why", () => {
  test("fmt lays out, and --check tells", () => {
    const path = write("ugly.vgw", 'vgw 1\nroute   GET "/"   open {reply    "hello"}\n');
    expect(command(["fmt", "--check", path]).status).toBe(1);
    expect(command(["fmt", path]).status).toBe(0);
    expect(command(["fmt", "--check", path]).status).toBe(0);
  });

  test("explain takes a code in any spelling", () => {
    for (const code of ["VGW3012", "vgw3012", "3012"])
      expect(command(["explain", code]).stdout).toContain("has no unit");
    expect(command(["explain", "VGW0000"]).status).toBe(2);
  });

  test("why names the route, the step and the place", () => {
    const done = command(["why", "GET", "/", UNTESTED]);
    expect(done.status).toBe(0);
    expect(done.stdout).toMatch(/GET \/ {2}matches/);
    expect(done.stdout).toMatch(/answer +200/);
    expect(command(["why", "GET", "nowhere", UNTESTED]).status).toBe(2);
    expect(command(["why", "GET"])).toMatchObject({ status: 2, stderr: expect.stringContaining("is no request") });
  });

  const models = (): string =>
    write(
      "models.vgw",
      `vgw 1
model mini { provider: openai("a"), key: secret("KEY") }
model claude { provider: anthropic("c"), key: secret("KEY"), max_output: 9tok }
model both = choose(mini) { fallback: [claude] }
route POST "/chat" open { forward both as openai.chat { system: "Be kind." } }
route GET "/" open { reply "hello" }
`,
    );

  test("why of a file tells who may be asked, and what each can be told", () => {
    const path = models();
    const done = command(["why", path]);
    expect(done.status).toBe(0);
    expect(done.stdout).toContain("forward both as openai.chat");
    expect(done.stdout).toMatch(/claude +anthropic c +fallback of both/);
    expect(done.stdout).toMatch(/audio +mapped +refused/);
    expect(done.stdout).not.toContain("GET /");
    const { routes } = JSON.parse(command(["why", path, "/chat", "--json"]).stdout);
    expect(routes[0].forwards[0].models[1]).toMatchObject({ name: "claude", clearance: [], maxOutput: 9 });
    expect(command(["why", path, "/nowhere"])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('"POST /chat"'),
    });
  });

  test("why of a request to a model asks nobody: answers are given", () => {
    const body = ["--body", '{"model":"x","messages":[{"role":"user","content":"?"}]}'];
    const limited = ["--answer", 'mini=429 {"error":{"message":"slow","code":"rate_limit_exceeded"}}'];
    const done = command(["why", "POST", "/chat", models(), ...body, ...limited]);
    expect(done.status).toBe(0);
    expect(done.stdout).toMatch(/mini.*429/);
    expect(done.stdout).toContain("claude");
    expect(command(["why", "POST", "/chat", models(), "--answer", "other=200"]).status).toBe(2);
  });
});

test("an unknown command proposes one", () => {
  expect(command(["chek"])).toMatchObject({ status: 2, stderr: expect.stringContaining("Did you mean check?") });
});
