/** Where a newline separates, what a word is where it stands, and what belongs to which declaration. */
import { describe, expect, test } from "vitest";
import { parse, spanOf } from "./index.ts";
import type { Declaration, Route, Step } from "./tree.ts";

function only(text: string): Declaration {
  const { program, diagnostics } = parse("x.vgw", `vgw 1\n${text}\n`);
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  return program.declarations[0]!;
}

function route(text: string): Route {
  const declaration = only(text);
  if (declaration.kind !== "route") throw new Error(declaration.kind);
  return declaration;
}

function kinds(steps: readonly Step[]): string {
  return steps.map(({ kind }) => kind).join(" ");
}

describe("steps", () => {
  test.each([
    ["let a = 1\nlet b = 2", "let let"],
    ["let a = 1; let b = 2", "let let"],
    ["let a = f()\n  else 2\nreply", "let reply"],
    ["let a = f()\n  .h\n  and b\n  or c\n  |> g\nreply", "let reply"],
    ["let a = 1 +\n 2\nreply", "let reply"],
    ["let a = f(\n1,\n2\n)\nreply", "let reply"],
    ["let a = [\n1\n,2]\nreply", "let reply"],
    ["let a = { b: 1\n c: 2 }\nreply", "let reply"],
    ['set response.header("a") = "b"; remove request.query("x"); rewrite "/y"; log a', "set remove rewrite log"],
    ['set.add(1); log.post("/x") else ignore; audit.post("/x")', "expression-step expression-step expression-step"],
    ["reply\nreply 204\nreply x\nreply 202 x", "reply reply reply reply"],
    ["if a { reply } else if b { reply } else { deny }", "if"],
    ["if a\n{\nreply\n}\nelse\n{\nreply\n}", "if"],
    ['require a else deny 403 "x" when b', "require"],
    [
      "limit 60/min\nlimit r by a.b { burst: 10 } else deny 429 when c\nlimit (r) by match a { _ => 1 }",
      "limit limit limit",
    ],
    [
      "limit 9 concurrent\nlimit n concurrent by a.b { queue: 1, wait: 2s } else deny 429 when c\nlimit concurrent\nlimit 60/min",
      "concurrency concurrency limit limit",
    ],
    ["limit.post() else ignore; set request.path = limit", "expression-step set"],
    ["forward s { timeout: 5s; set response.status = 200 } else forward t", "forward"],
  ])("%s", (text, expected) => {
    expect(kinds(route(`route GET "/" open {\n${text}\n}`).steps)).toBe(expected);
  });
});

test("settings stand before steps, with commas, semicolons or new lines between them", () => {
  const { settings, steps } = route('route GET "/" open { deadline: 5s, body: 1MB; reply 200 }');
  expect(settings.map(({ key }) => key.text)).toEqual(["deadline", "body"]);
  expect(kinds(steps)).toBe("reply");
});

test("the parts of a route's head", () => {
  const found = route(
    'route GET, POST "/a/{id: uuid}/b{n}/{rest...}" host "x.example" with p, q(1, r: 2)\n  when a == 1 { reply }',
  );
  expect(found.methods.map(({ text }) => text)).toEqual(["GET", "POST"]);
  const parts = found.pattern.kind === "path-pattern" ? found.pattern.parts : [];
  expect(
    parts.map((part) => (part.kind === "path-literal" ? part.text : `${part.name.text}${part.rest ? "..." : ""}`)),
  ).toEqual(["/a/", "id", "/b", "n", "/", "rest..."]);
  expect(found.open).toBe(false);
  expect(found.policies.map(({ name, arguments: list }) => `${name.text} ${list.length}`)).toEqual(["p 0", "q 2"]);
  expect([found.host?.kind, found.guard?.kind]).toEqual(["string", "binary"]);
});

test("read: source, wire name, codec, default, else", () => {
  const { steps } = route(`route POST "/" open {
  read query page: int(1..9) = 1
  read header tenant: string from "x-tenant" else deny 400
  read login: form(Login)
  read note: text(..80)
  read blob: bytes
  read query: Query
}`);
  const shown = steps.map((step) =>
    step.kind === "read"
      ? [
          step.source,
          step.name.text,
          step.codec,
          step.from?.value,
          step.default?.kind,
          step.otherwise?.kind,
          typeName(step),
        ]
      : [],
  );
  expect(shown).toEqual([
    ["query", "page", "json", undefined, "number", undefined, "int"],
    ["header", "tenant", "json", "x-tenant", undefined, "otherwise-step", "string"],
    ["body", "login", "form", undefined, undefined, undefined, "Login"],
    ["body", "note", "text", undefined, undefined, undefined, "string"],
    ["body", "blob", "bytes", undefined, undefined, undefined, "bytes"],
    ["body", "query", "json", undefined, undefined, undefined, "Query"],
  ]);
});

function typeName(step: Step): string | null {
  return step.kind === "read" && step.type.kind === "named-type" ? step.type.name.text : null;
}

test("documentation belongs to the declaration or field it stands before", () => {
  const found = only(
    "/// One.\n/// Two.\n// not this\nprivate type T {\n  /// Field.\n  a: int /// not this\n  b: int\n}",
  );
  if (found.kind !== "type" || found.type.kind !== "record-type") throw new Error(found.kind);
  expect([found.documentation, found.isPrivate]).toEqual(["One.\nTwo.", true]);
  expect(found.type.fields.map(({ documentation }) => documentation)).toEqual(["Field.", null]);
});

test("a missing header is said once, and the file is read all the same", () => {
  const { program, diagnostics } = parse("x.vgw", "let a = 1\n");
  expect(diagnostics.map(({ code }) => code)).toEqual(["VGW1002"]);
  expect(program.version).toBe(null);
  expect(program.declarations.length).toBe(1);
});

test("spans reach from a node's first to its last character", () => {
  const text = 'vgw 1\nlet a = f("x {y}") // c\n';
  const tree = parse("x.vgw", text);
  const [declaration] = tree.program.declarations;
  if (declaration?.kind !== "constant") throw new Error(declaration?.kind);
  const shown = [declaration.id, declaration.name.id, declaration.value.id].map((id) => {
    const { start, end } = spanOf(tree, id);
    return text.slice(start, end);
  });
  expect(shown).toEqual(['let a = f("x {y}")', "a", 'f("x {y}")']);
});

test("words of later versions: one message each, and what follows is read", () => {
  const { program, diagnostics } = parse(
    "x.vgw",
    'vgw 1\ntopic mini { price: { in: $1/Mtok }\n when a }\nprompt p@2(t: T) -> "a" | "b" {\n  system "x {y}"\n}\nlet a = 1\n',
  );
  expect(diagnostics.map(({ code }) => code)).toEqual(["VGW1023", "VGW1023"]);
  expect(program.declarations.map(({ kind }) => kind)).toEqual(["reserved", "reserved", "constant"]);
});
