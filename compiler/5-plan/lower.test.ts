/** What programs become: a route's source on one side, its plan in outline on the other, written by hand from the language's rules. */
import { expect, test } from "vitest";
import { outline } from "./testing/outline.ts";
import { compileText } from "./testing/program.ts";
import { verify } from "./testing/verify.ts";

const HEAD = `
service a { url: "http://127.0.0.1:1" }
service b { url: "http://127.0.0.1:2" }
type T { id: int, name: string, score: float? }
`;

interface Case {
  readonly what: string;
  /** Steps of `route POST "/{id: int}/{rest...}"`. */
  readonly steps: string;
  /** Declarations before it. */
  readonly before?: string;
  readonly with?: string;
  readonly plan: string;
}

const cases: Case[] = [
  {
    what: "independent safe calls start together; failures stay in written order",
    steps: `
      let one = a.get("/1/{id}") as T else reply 502 "no"
      let two = b.get("/2?q={id}") as [T] else []
      reply { one: one.name, two: two.length }`,
    plan: `
      together
      -
        attempt
          one_answer = a GET "/1/{path-segment:id}"
          one = decode answer one_answer
        otherwise
          reply 502 text "no"
      -
        attempt
          two_answer = b GET "/2?q={query:id}"
          two = decode answer two_answer
        otherwise
          two = []
      reply 200 json { one: one.name, two: list.length(two) }`,
  },
  {
    what: "a call that needs an earlier one's value waits for it; an unsafe one and any other step are barriers",
    steps: `
      let one = a.get("/1") as T else deny 502
      let two = b.get("/{one.id}") as T else deny 502
      let three = b.post("/x") as T else deny 502
      let four = a.get("/4") as T else deny 502
      reply [one.id, two.id, three.id, four.id]`,
    plan: `
      attempt
        one_answer = a GET "/1"
        one = decode answer one_answer
      otherwise
        deny 502
      attempt
        two_answer = b GET "/{path-segment:one.id}"
        two = decode answer two_answer
      otherwise
        deny 502
      attempt
        three_answer = b POST "/x"
        three = decode answer three_answer
      otherwise
        deny 502
      attempt
        four_answer = a GET "/4"
        four = decode answer four_answer
      otherwise
        deny 502
      reply 200 json [one.id, two.id, three.id, four.id]`,
  },
  {
    what: "a default for an absent value is plain; an ending step for one is a failure",
    steps: `
      let x = request.header("X-A") else "none"
      let y = request.query("q") else deny 400 "{failure.kind}"
      reply "{x}{y}"`,
    plan: `
      x = (request.header("x-a") ?? "none")
      attempt
        y_given = request.query("q")
        if absent(y_given)
          fail absent
        y = y_given
      otherwise
        deny 400 "{text:failure.kind}"
      reply 200 text "{text:x}{text:y}"`,
  },
  {
    what: "what can fail without waiting stays an expression where its spare value is one",
    steps: `
      read query n: int = 1
      let x = int(request.header("x") else "1") / n else 0.0
      reply { x: x }`,
    plan: `
      n = read query n
      attempt
        x_2 = int((request.header("x") ?? "1"))
        x = divide x_2 n
      otherwise
        x = 0
      reply 200 json { x: x }`,
  },
  {
    what: "in a lambda a failing value becomes its spare one in place",
    steps: `
      read list: [string](..9)
      reply list.map(s => int(s) else -1)`,
    plan: `
      list = read body json
      reply 200 json list.map(list, (s => try int(s) else -1))`,
  },
  {
    what: "a function that can fail is worked out where it is called, one that cannot is called",
    before: "function half(n: int) -> float = n * 0.5\nfunction ratio(n: int, m: int) -> float = n / m",
    steps: `
      read query m: int
      reply { a: half(id), b: ratio(id, m) else 0.0 }`,
    plan: `
      m = read query m
      reply 200 json { a: half(id), b: try divide(id, m) else 0 }`,
  },
  {
    what: "a comparison with a secret takes constant time, and absence equals nothing",
    steps: `
      require request.header("x-key") == secret("KEY") else deny 401
      reply 204`,
    plan: `
      attempt
        required = request.header("x-key")
        require (not absent(required) and equal_constant_time(required, $KEY))
      otherwise
        deny 401
      reply 204 empty`,
  },
  {
    what: "a limit counts by a value, its burst is the rate's count, and names are one per route",
    before: `
      policy upto(r: rate) { limit r by request.address }
      policy pages { limit 2/h { name: "pages", burst: 5, cost: 2 } else deny 429 }`,
    with: "with upto(9/s), pages",
    steps: `
      let chosen = match id { 1 => 1/s, _ => 2/s }
      limit chosen
      limit 3/min by "{id}" when id > 1
      reply 204`,
    plan: `
      limit upto "9/s" by request.address burst 9 cost 1
      attempt
        limit pages "2/h" burst 5 cost 2
      otherwise
        deny 429
      chosen = match { (id == 1) => "1/s", _ => "2/s" }
      limit default chosen burst rate.count(chosen) cost 1
      if (id > 1)
        limit default_2 "3/min" by "{text:id}" burst 3 cost 1
      reply 204 empty`,
  },
  {
    what: "a concurrency limit says who waits, and when a refusal is worth another try",
    before: `
      policy few(n: int(1..9)) { limit n concurrent { name: "few", queue: 3, wait: 1500ms } }`,
    with: "with few(4)",
    steps: `
      limit 2 concurrent by "{id}" when id > 1
      limit 3 concurrent else reply 200
      reply 204`,
    plan: `
      concurrency few 4 queue 3 wait 1500 again 2
      if (id > 1)
        concurrency default 2 by "{text:id}" again 1
      attempt
        concurrency default 3
      otherwise
        reply 200 empty
      reply 204 empty`,
  },
  {
    what: "policies stand in front, in their order, with parameters bound and values under their names",
    before: `
      policy first(limit: int) {
        let tenant = request.header("x-tenant") else "t"
        require id_of(tenant) < limit
      }
      policy second { read query page: int = 1 }
      function id_of(text: string) -> int = text.length`,
    with: "with first(5), second",
    steps: "reply { tenant: first.tenant, page: second.page }",
    plan: `
      first_tenant = (request.header("x-tenant") ?? "t")
      require (id_of(first_tenant) < 5)
      second_page = read query page
      reply 200 json { tenant: first_tenant, page: second_page }`,
  },
  {
    what: "holes are encoded for their place, the rest of a path keeps its slashes",
    steps: `
      rewrite "/x/{id}/{rest}"
      set request.header("X-A") = "{id}"
      forward a { remove response.header("Server"); set response.header("x-b") = rest when response.status == 200 }`,
    plan: `
      set request.path  = "/x/{path-segment:id}/{path-rest:rest}"
      set request.header x-a = "{text:id}"
      forward a
        set response.header server = (remove)
        if (response.status == 200)
          set response.header x-b = rest`,
  },
  {
    what: "match in a value, with ranges and absence; the last arm needs no test",
    steps: `
      read t: T
      let size = match t.id { 0 => "none", 1..9 => "few", _ => "many" }
      let score = match t.score { none => 0.0, _ => t.score * 2.0 }
      reply { size: size, score: score }`,
    plan: `
      t = read body json
      size = match { (t.id == 0) => "none", (t.id in 1..9) => "few", _ => "many" }
      score = match { absent(t.score) => 0, _ => (t.score * 2) }
      reply 200 json { size: size, score: score }`,
  },
  {
    what: "an arm that waits makes the match steps",
    steps: `
      let t = match id { 1 => a.get("/1") as T, _ => b.get("/x") as T } else deny 502
      reply { name: t.name }`,
    plan: `
      attempt
        if (id == 1)
          t_answer = a GET "/1"
          t = decode answer t_answer
        else
          t_answer_2 = b GET "/x"
          t = decode answer t_answer_2
      otherwise
        deny 502
      reply 200 json { name: t.name }`,
  },
  {
    what: "gather calls for each item",
    steps: `
      read ids: [int](..9)
      let found = gather(ids, at_once: 3, n => a.get("/{n}") as T? else none)
      reply { found: found }`,
    plan: `
      ids = read body json
      found = gather ids 3 n => found_item
        attempt
          found_item_given_answer = a GET "/{path-segment:n}" or 404
          found_item_given = decode answer found_item_given_answer
          if absent(found_item_given)
            fail absent
          found_item = found_item_given
        otherwise
          found_item = none
      reply 200 json { found: found }`,
  },
  {
    what: "a narrower type for a typed value is only asked about",
    steps: `
      let n = id as int(1..9) else 1
      reply { n: n }`,
    plan: `
      attempt
        if not (id in 1..9)
          fail invalid
        n = id
      otherwise
        n = 1
      reply 200 json { n: n }`,
  },
  {
    what: "a call for its effect, ignored or not",
    steps: `
      a.post("/log", body: { id: id }) else ignore
      reply 204 when id == 1
      if id in [2, 3] { reply 205 } else { deny 403 }`,
    plan: `
      attempt
        effect = a POST "/log"
      otherwise
      if (id == 1)
        reply 204 empty
      if (id in [2, 3])
        reply 205 empty
      else
        deny 403`,
  },
];

function dedent(text: string): string[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const margin = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(margin));
}

test.each(cases)("$what", ({ before = "", with: access = "open", steps, plan }) => {
  const source = `${HEAD}${before}\nroute POST "/{id: int}/{rest...}" ${access} {\n${steps}\n}\n`;
  const compiled = compileText(source);
  expect(verify(compiled.plan)).toEqual([]);
  expect(outline(compiled.plan.routes[0]?.steps ?? [])).toEqual(dedent(plan));
});

test("routes stand in the order in which they decide", () => {
  const heads = [
    'any "/{all...}" open',
    'GET "/a/{x}" open',
    'GET "/a/{x: int}" open',
    'GET "/a/b" open when request.header("x") == "1"',
    'GET "/a/b" open',
    'any "/a/b" open',
    'HEAD "/a/b" open',
    'GET "/a/{x}" host "*.shop.example" open',
    'GET "/a/{x}" host "*.example" open',
    'GET "/{y}/b" host "www.shop.example" open',
  ];
  const { plan } = compileText(heads.map((head, index) => `route ${head} { reply "${index}" }`).join("\n"));
  const order = plan.routes.map((route) =>
    heads.findIndex((_, index) => JSON.stringify(route.steps).includes(`"value":"${index}"`)),
  );
  expect(order).toEqual([9, 7, 8, 6, 3, 4, 5, 2, 1, 0]);
});

test("what stands in the place of a path that is labelled", () => {
  const { plan } = compileText(`type Email = string(3..80) @pii
route GET "/people/{email: Email}/of/{team}" open { reply "x" }
route GET "/teams/{team}" open { reply "x" }`);
  const shown = Object.fromEntries(plan.routes.map(({ name, shownPath }) => [name, shownPath]));
  expect(shown).toEqual({
    "GET /people/{email: Email}/of/{team}": "/people/{email}/of/{team}",
    "GET /teams/{team}": null,
  });
});
