/** Random routes choose the same route for random requests, interpreted and compiled, by straight tests and by tries. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CaseError, type CaseFile, type CaseRequest, type Running } from "./case.ts";
import { gatewayDriver } from "./gateway.ts";
import { interpreterDriver } from "./interpreter.ts";
import { planOf } from "./program.ts";
import { generator } from "./random.ts";

const REQUESTS = 600;

const program = (routes: readonly string[]): CaseFile => ({
  path: `random routes ${routes.join("\n")}`,
  title: "",
  rule: "",
  program: `vgw 1\n${routes.join("\n")}\n`,
  files: new Map(),
  environment: {},
  upstreams: new Map(),
  cases: [],
});

function isProgram(routes: readonly string[]): boolean {
  try {
    planOf(program(routes));
    return true;
  } catch (problem) {
    if (problem instanceof CaseError) return false;
    throw problem;
  }
}

/** Routes that the checker takes together: each is added where it leaves the program without errors. */
function randomRoutes(random: () => number, count: number): string[] {
  const pick = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  };
  const routes: string[] = [];
  for (let attempt = 0; routes.length < count && attempt < 3 * count; attempt++) {
    const names: string[] = [];
    const parameter = (text: (name: string) => string): string => {
      const name = `p${names.length}`;
      names.push(name);
      return text(name);
    };
    const segment = (): string =>
      pick([
        () => pick(["a", "b", "ab", "c", "1", "%2F", "x.json", ""]),
        () => pick(["a", "b", "c"]),
        () => parameter((name) => `{${name}}`),
        () => parameter((name) => `{${name}: int}`),
        () => parameter((name) => `{${name}: "a" | "b"}`),
        () => parameter((name) => `v{${name}: int}`),
        () => parameter((name) => `{${name}}.json`),
      ])();
    const segments = Array.from({ length: 1 + Math.floor(random() * 3) }, segment);
    if (random() < 0.15) segments.push(parameter((name) => `{${name}...}`));
    const method = pick(["GET", "GET", "GET", "POST", "any", "GET, POST", "HEAD", "DELETE"]);
    const host = pick(["", "", "", ' host "h.example"', ' host "*.example"']);
    const guard = pick(["", "", "", ' when request.header("x-g") == "1"']);
    const values = names.map((name) => `, ${name}: ${name}`).join("");
    routes.push(`route ${method} "/${segments.join("/")}"${host} open${guard} { reply { r: ${attempt}${values} } }`);
    if (!isProgram(routes)) routes.pop();
  }
  return routes;
}

function randomRequest(random: () => number): CaseRequest {
  const pick = (items: readonly string[]): string => items[Math.floor(random() * items.length)] ?? "";
  const segment = (): string =>
    pick([
      "a",
      "b",
      "ab",
      "c",
      "1",
      "-7",
      "v1",
      "v",
      "v01",
      "x.json",
      ".json",
      "a.json",
      "",
      "%61",
      "%2f",
      ".",
      "..",
      "a%20b",
      "%C3%A9",
    ]);
  const target = `/${Array.from({ length: 1 + Math.floor(random() * 4) }, segment).join("/")}`;
  const headers: [string, string][] = [["host", pick(["h.example", "i.example", "H.example:80", "other"])]];
  if (random() < 0.4) headers.push(["x-g", "1"]);
  const method = pick(["GET", "GET", "GET", "POST", "HEAD", "DELETE", "PUT", "OPTIONS"]);
  if (method === "POST" || method === "PUT") headers.push(["content-length", "0"]);
  return { method, target, headers, body: new Uint8Array(), raw: null, from: "127.0.0.1", beside: null };
}

describe.each([
  ["few", 12],
  ["many", 120],
])("%s random routes", (_name, count) => {
  const random = generator(20_260_301 + count);
  const routes = randomRoutes(random, count);
  const file = program(routes);
  let interpreted: Running;
  let compiled: Running;
  beforeAll(async () => {
    interpreted = await interpreterDriver().start(file);
    compiled = await gatewayDriver("strict").start(file);
  });
  afterAll(() => compiled?.stop());

  it("are many enough", () => expect(routes.length).toBeGreaterThan(count / 2));

  it("answer alike", async () => {
    let found = 0;
    for (let index = 0; index < REQUESTS; index++) {
      const request = randomRequest(random);
      const [left, right] = [await interpreted.send(request), await compiled.send(request)];
      const shown = ({ answer }: typeof left): unknown => [
        request.method,
        request.target,
        request.headers,
        answer.status,
        answer.headers.filter(([name]) => name === "allow"),
        Buffer.from(answer.body).toString(),
      ];
      expect(shown(right)).toEqual(shown(left));
      if (left.answer.status === 200) found++;
    }
    expect(found).toBeGreaterThan(REQUESTS / 20);
  });
});
