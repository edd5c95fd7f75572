/** The interpreter on small plans written by hand: one table of requests and answers per plan. */
import { expect, test } from "vitest";
import { NONE, type Type } from "../../3-types/type.ts";
import type { Expr, Plan, RoutePlan, Step } from "../plan.ts";
import { createInterpreter, type InterpretedRequest, renderTrace, type World } from "./index.ts";

const origin = { file: 0, node: 0 };
const text: Type = { kind: "string", min: 0, max: null, pattern: null, labels: NONE };
const int: Type = { kind: "int", min: -10, max: 1000, labels: NONE };
const words = (value: string): Expr => ({ expr: "constant", type: text, value });
const status = (value: number): Expr => ({ expr: "constant", type: int, value });
const slot = (name: string, type: Type = text): Expr => ({ expr: "slot", type, name });
const say = (value: Expr, code = 200): Step => ({
  step: "reply",
  origin,
  status: status(code),
  content: { kind: "text", value, mediaType: "text/plain; charset=utf-8" },
});

function route(name: string, given: Partial<RoutePlan> & Pick<RoutePlan, "segments" | "steps">): RoutePlan {
  const rest = {
    methods: ["GET"],
    host: null,
    rest: null,
    guard: null,
    deadline: null,
    bodyLimit: 10,
    access: ["open"],
    shownPath: null,
    faults: null,
  };
  return { name, origin, ...rest, ...given };
}
function plan(routes: RoutePlan[]): Plan {
  return {
    files: [{ path: "a.vgw", text: "" }],
    gateway: { name: "g", settings: { via: "vgw", forwarded: "both", trusted_proxies: [] } },
    services: [{ name: "up", origin, settings: { timeout: 1000, preserve_host: false }, key: null }],
    identities: [],
    models: [],
    pools: [],
    budgets: [],
    constants: [],
    functions: [],
    routes,
    environment: [],
    spans: [[[4, 2]]],
  };
}
function world(overrides: Partial<World> = {}): World {
  return {
    call: () => Promise.resolve({ failure: "connect" }),
    now: () => 0,
    random: () => 0,
    log: () => {},
    ...overrides,
  };
}
async function ask(program: Plan, request: Partial<InterpretedRequest>, outside = world()) {
  const whole = {
    method: "GET",
    target: "/",
    host: "a.example",
    headers: [],
    body: new Uint8Array(),
    address: "1.2.3.4",
    secure: false,
  };
  const answer = await createInterpreter(program, {}).answer({ ...whole, ...request }, outside);
  return { ...answer, text: new TextDecoder().decode(answer.body) };
}

const literal = (value: string) => ({ kind: "literal", text: value }) as const;
const parameter = (name: string, type: Type, prefix = "", suffix = "") =>
  ({ kind: "parameter", prefix, suffix, slot: { name, type } }) as const;

const matching = plan([
  route("exact host", {
    segments: [literal("h")],
    host: { kind: "exact", value: "x.example" },
    steps: [say(words("exact"))],
  }),
  route("any subdomain", {
    segments: [literal("h")],
    host: { kind: "suffix", value: "example" },
    steps: [say(words("suffix"))],
  }),
  route("root", { segments: [literal("")], steps: [say(words("root"))] }),
  route("slash", { segments: [literal("a"), literal("")], steps: [say(words("slash"))] }),
  route("guarded", {
    segments: [literal("a")],
    guard: {
      expr: "is-absent",
      type: text,
      of: { expr: "request-value", type: text, what: "header", name: words("x") },
    },
    steps: [say(words("no x"))],
  }),
  route("a", { segments: [literal("a")], steps: [say(words("with x"))] }),
  route("number", {
    segments: [literal("n"), parameter("n", int)],
    steps: [say({ expr: "encode", type: text, of: slot("n", int), as: "text" })],
  }),
  route("name", { segments: [literal("n"), parameter("s", text)], methods: ["POST", "PUT"], steps: [say(slot("s"))] }),
  route("mixed", { segments: [parameter("m", text, "v-", ".json")], steps: [say(slot("m"))] }),
  route("rest", { segments: [literal("r")], rest: { name: "rest", type: text }, steps: [say(slot("rest"))] }),
]);

test.each([
  ["GET", "x.example", "/h", 200, "exact"],
  ["GET", "X.example:8080", "/h", 200, "exact"],
  ["GET", "y.example", "/h", 200, "suffix"],
  ["GET", "example", "/h", 404, null],
  ["GET", "a.example", "/", 200, "root"],
  ["GET", "a.example", "/a/", 200, "slash"],
  ["GET", "a.example", "/a", 200, "no x"],
  ["GET", "a.example", "/%61?q=1", 200, "no x"],
  ["GET", "a.example", "/b/../a", 200, "no x"],
  ["GET", "a.example", "//a", 404, null],
  ["GET", "a.example", "/n/12", 200, "12"],
  ["GET", "a.example", "/n/1001", 405, null],
  ["GET", "a.example", "/n/012", 405, null],
  ["POST", "a.example", "/n/a%2Fb%20c", 200, "a/b c"],
  ["POST", "a.example", "/n/", 404, null],
  ["GET", "a.example", "/v-1.json", 200, "1"],
  ["GET", "a.example", "/v-.json", 404, null],
  ["GET", "a.example", "/r", 404, null],
  ["GET", "a.example", "/r/", 200, ""],
  ["GET", "a.example", "/r/x/y", 200, "x/y"],
  ["HEAD", "a.example", "/a", 200, ""],
  ["DELETE", "a.example", "/n/5", 405, null],
  ["GET", "a.example", "/%", 400, null],
] as const)("%s %s %s", async (method, host, target, code, body) => {
  const answer = await ask(matching, { method, host, target });
  expect(answer.status).toBe(code);
  if (body !== null) expect(answer.text).toBe(body);
});

test("405 says what would be allowed, sorted, with HEAD where GET is", async () => {
  const answer = await ask(matching, { method: "DELETE", target: "/n/5" });
  expect(answer.headers.slice(0, 2)).toEqual(["allow", "GET, HEAD, POST, PUT"]);
  expect(JSON.parse(answer.text)).toEqual({
    type: "urn:vgw:problem:method-not-allowed",
    title: "The method is not allowed here",
    status: 405,
    code: "method-not-allowed",
  });
});

test("a false guard falls through to the next route", async () => {
  expect((await ask(matching, { target: "/a", headers: ["x", "1"] })).text).toBe("with x");
});

test("calls of a together start in order before any is awaited; failures are decided in written order", async () => {
  const call = (name: string): Step => ({
    step: "call",
    origin,
    slot: { name, type: { kind: "answer", labels: NONE } },
    service: "up",
    method: "GET",
    path: words(`/${name}`),
    headers: [],
    query: [],
    body: null,
    timeout: null,
    absentOn404: false,
  });
  const branch = (name: string): Step[] => [
    { step: "attempt", origin, steps: [call(name)], otherwise: [say(words(name), 502)] },
  ];
  const program = plan([
    route("t", {
      segments: [literal("t")],
      steps: [{ step: "together", origin, branches: [branch("one"), branch("two")] }, say(words("both"))],
    }),
  ]);
  const started: string[] = [];
  const pending: (() => void)[] = [];
  const outside = world({
    call: (_, { target }) => {
      started.push(target);
      return new Promise((resolve) => {
        pending.push(() => resolve({ status: 500, headers: [], body: new Uint8Array() }));
        // The later call ends first; the earlier one decides all the same.
        if (pending.length === 2) for (const end of pending.reverse()) end();
      });
    },
  });
  const answer = await ask(program, { target: "/t" }, outside);
  expect(started).toEqual(["/one", "/two"]);
  expect([answer.status, answer.text]).toEqual([502, "one"]);
});

test("forward takes connection fields off and says who asked", async () => {
  const forward: Step = {
    step: "forward",
    origin,
    service: "up",
    body: null,
    timeout: null,
    silence: null,
    webSocket: null,
    answer: [],
  };
  const program = plan([route("f", { segments: [literal("f")], methods: null, steps: [forward] })]);
  let sent: readonly string[] = [];
  const outside = world({
    call: (_, request) => {
      sent = [request.target, ...request.headers];
      const headers = ["connection", "x-hop", "x-hop", "1", "keep-alive", "5", "etag", '"e"', "content-length", "2"];
      return Promise.resolve({ status: 404, headers, body: new TextEncoder().encode("ok") });
    },
  });
  const headers = [
    ...["host", "a.example", "connection", "close, X-Private, authorization", "x-private", "1", "authorization", "b"],
    ...["te", "trailers, deflate", "x-forwarded-for", "6.6.6.6", "forwarded", "for=6.6.6.6", "upgrade", "h2c"],
    ...["accept", "*/*"],
  ];
  const answer = await ask(program, { method: "POST", target: "/f?a=%20b", headers, address: "2001:db8::1" }, outside);
  expect(sent).toEqual([
    ...["/f?a=%20b", "authorization", "b", "accept", "*/*", "te", "trailers", "via", "1.1 vgw"],
    ...["x-forwarded-for", "2001:db8::1", "x-forwarded-proto", "http", "x-forwarded-host", "a.example"],
    ...["forwarded", 'for="[2001:db8::1]";host=a.example;proto=http'],
  ]);
  expect([answer.status, answer.text, answer.reason]).toEqual([404, "ok", ""]);
  expect(answer.headers).toEqual(["etag", '"e"']);
  const large = await ask(program, { method: "POST", target: "/f", body: new Uint8Array(11) }, outside);
  expect(large.status).toBe(413);
});

test("a trace says what was looked at and what decided", async () => {
  const answer = await ask(matching, { target: "/a", headers: ["x", "1"] });
  const lines = renderTrace(matching, answer.trace).split("\n");
  expect(lines).toContain("route    guarded  its `when` does not hold  (a.vgw:5:3)");
  expect(lines).toContain("route    a  matches  (a.vgw:5:3)");
  expect(lines.at(-1)).toBe("answer   200 reply  (a.vgw:5:3)");
});
