/** What values mean: precedence, literals, strings, and where an expression ends. Trees are shown as short terms. */
import { expect, test } from "vitest";
import { parse } from "./index.ts";
import type { Expression, Otherwise, TypeExpression } from "./tree.ts";

function show(node: Expression | TypeExpression | Otherwise | null): string {
  if (node === null) return "·";
  switch (node.kind) {
    case "string":
      return JSON.stringify(node.value);
    case "template":
      return `t(${node.texts.map((text, index) => JSON.stringify(text) + (node.holes[index] ? ` ${show(node.holes[index])} ` : "")).join("")})`;
    case "number":
      return [node.currency, node.digits, node.unit, node.per && `/${node.per}`]
        .filter((part) => part !== null)
        .join("_");
    case "time":
    case "address":
      return `${node.kind}:${node.text}`;
    case "boolean":
      return String(node.value);
    case "list":
      return `[${node.items.map(show).join(" ")}]`;
    case "record":
      return `{${node.entries.map((entry) => (entry.kind === "spread" ? `...${show(entry.value)}` : `${entry.key.text}:${show(entry.value)}`)).join(" ")}}`;
    case "reference":
      return node.name.text;
    case "member":
      return `(. ${show(node.object)} ${node.name.text})`;
    case "index":
      return `(at ${show(node.object)} ${show(node.index)})`;
    case "call":
      return `(${show(node.callee)}!${node.arguments.map((a) => ` ${a.name ? `${a.name.text}=` : ""}${show(a.value)}`).join("")})`;
    case "lambda":
      return `(${node.parameters.map(({ name }) => name.text).join(" ")} => ${show(node.body)})`;
    case "unary":
      return `(${node.operator} ${show(node.operand)})`;
    case "binary":
      return `(${node.operator} ${show(node.left)} ${show(node.right)})`;
    case "range":
      return `(.. ${show(node.from)} ${show(node.to)})`;
    case "as":
      return `(as ${show(node.value)} ${show(node.type)})`;
    case "pipe":
      return `(|> ${show(node.value)} ${show(node.target)})`;
    case "else":
      return `(else ${show(node.value)} ${show(node.otherwise)})`;
    case "match":
      return `(match ${show(node.subject)}${node.arms.map((arm) => ` ${arm.patterns?.map(show).join("|") ?? "_"}:${show(arm.value)}`).join("")})`;
    case "otherwise-value":
      return show(node.value);
    case "otherwise-step":
      return node.step.kind === "reply" ? `reply ${show(node.step.status)} ${show(node.step.value)}` : node.step.kind;
    case "otherwise-ignore":
      return "ignore";
    case "named-type":
      return node.name.text;
    case "optional-type":
      return `${show(node.of)}?`;
    case "list-type":
      return `[${show(node.item)}]`;
    default:
      return node.kind;
  }
}

test.each([
  ["a or b and not c == d + e * f as T", "(or a (and b (not (== c (+ d (* e (as f T)))))))"],
  ["a - b - c", "(- (- a b) c)"],
  ["a / b * c", "(* (/ a b) c)"],
  ["not a and b", "(and (not a) b)"],
  ["not a == b", "(not (== a b))"],
  ["a not in b and c in d", "(and (not in a b) (in c d))"],
  ["x in 1..5", "(in x (.. 1 5))"],
  ["1..5 + 1", "(.. 1 (+ 5 1))"],
  ["f(..5, 1..)", "(f! (.. · 5) (.. 1 ·))"],
  ["-a.b", "(- (. a b))"],
  ["-x as T", "(as (- x) T)"],
  ['a.get("/x") as T |> clean else spare', '(else (|> (as ((. a get)! "/x") T) clean) spare)'],
  ["a else b else c", "(else (else a b) c)"],
  ['a else reply 502 "no"', '(else a reply 502 "no")'],
  ["a else ignore", "(else a ignore)"],
  ["a else ignore.b", "(else a (. ignore b))"],
  ["a |> f |> g(1)", "(|> (|> a f) (g! 1))"],
  ["a as T? else b", "(else (as a T?) b)"],
  ["a[0].b(1, n: 2)", "((. (at a 0) b)! 1 n=2)"],
  ["o => o.id", "(o => (. o id))"],
  ["(a, b) => a + b", "(a b => (+ a b))"],
  ["f(o => { id: o.id }, 1)", "(f! (o => {id:(. o id)}) 1)"],
  ["f(x => y else z)", "(f! (x => (else y z)))"],
  ["() => 1", "( => 1)"],
  ['{ a: 1, b, ...c, match: 2, "x-y": 3 }', "{a:1 b:b ...c match:2 x-y:3}"],
  ["{ set: 1, log, limit }", "{set:1 log:log limit:limit}"],
  ["r.in.match.else", "(. (. (. r in) match) else)"],
  ["match x { 1..5 | 7 => a, low => b, _ => x => c }", "(match x (.. 1 5)|7:a low:b _:(x => c))"],
  ["(a = b)", null],
  ["f(a,)", "(f! a)"],
  ["[1, 2,]", "[1 2]"],
])("%s", (source, expected) => {
  const { program, diagnostics } = parse("x.vgw", `vgw 1\nlet x = ${source}\n`);
  const first = program.declarations[0];
  if (expected === null) expect(diagnostics.length).toBe(1);
  else {
    expect(diagnostics.map(({ message }) => message)).toEqual([]);
    expect(first?.kind === "constant" && show(first.value)).toBe(expected);
  }
});

test.each([
  ["800ms", "800_ms"],
  ["1_000", "1000"],
  ["2.5", "2.5"],
  ["$25.50/day", "$_25.50_/day"],
  ["60/min", "60_/min"],
  ["900km/h", "900_km_/h"],
  ["5%", "5_%"],
  ["$0.40/Mtok", "$_0.40_/Mtok"],
  ["total / count", "(/ total count)"],
  ["2026-03-01T03:00:00Z", "time:2026-03-01T03:00:00Z"],
  ["2026-03-01T03:00:00.250+01:00", "time:2026-03-01T03:00:00.250+01:00"],
  ["2026-03-01", "time:2026-03-01"],
  ["10.0.0.1", "address:10.0.0.1"],
  ["10.0.0.0/8", "address:10.0.0.0/8"],
  ["fe80::1", "address:fe80::1"],
  ["2001:db8::/32", "address:2001:db8::/32"],
  ["::1", "address:::1"],
  ["1:2:3:4:5:6:7:8", "address:1:2:3:4:5:6:7:8"],
  ["::ffff:10.0.0.1", "address:::ffff:10.0.0.1"],
  ["25ms..250ms", "(.. 25_ms 250_ms)"],
  ['"a\\n\\"\\\\\\u{e9}\\{"', '"a\\n\\"\\\\é{"'],
  ["'a\\n{b}'", '"a\\\\n{b}"'],
  ['"a {b} c {d.e}"', 't("a " b " c " (. d e) "")'],
  ['"a {f("b {c}")} d"', 't("a " (f! t("b " c "")) " d")'],
  ['"{ { a: 1 }.a }"', 't("" (. {a:1} a) "")'],
  ['""', '""'],
  ['"""a "quoted" word"""', '"a \\"quoted\\" word"'],
  ['"""\n    one\n      two {x}\n    """', 't("one\\n  two " x "")'],
])("literal %s", (source, expected) => {
  const { program, diagnostics } = parse("x.vgw", `vgw 1\nlet x = ${source}\n`);
  const first = program.declarations[0];
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  expect(first?.kind === "constant" && show(first.value)).toBe(expected);
});
