/** Each analysis on small programs: what it finds, and what it must leave alone. Codes only; places and words stand in the pages' tests. */
import { describe, expect, test } from "vitest";
import { check } from "../check.ts";

const SERVICE = 'service s { url: "http://127.0.0.1:9000" }\n';

function codesOf(source: string): readonly string[] {
  const text = `vgw 1\n\n${source}\n`;
  return check("a.vgw", (path) => (path === "a.vgw" ? text : null)).diagnostics.map(({ code }) => code);
}

interface Row {
  readonly what: string;
  readonly source: string;
  readonly codes: readonly string[];
}

const open = (method: string, path: string, more = ""): string =>
  `route ${method} "${path}" ${more.startsWith("host") ? `${more} open` : `open ${more}`} { reply "x" }\n`;

const routes: readonly Row[] = [
  { what: "different methods", source: open("GET", "/a") + open("POST", "/a"), codes: [] },
  { what: "a shared method", source: open("GET, POST", "/a") + open("POST", "/a"), codes: ["VGW6001"] },
  { what: "a named method and any, in either order", source: open("any", "/a") + open("GET", "/a"), codes: [] },
  { what: "any twice", source: open("any", "/a") + open("any", "/a"), codes: ["VGW6001"] },
  { what: "parameters of different names", source: open("GET", "/{a}") + open("GET", "/{b}"), codes: ["VGW6001"] },
  { what: "a literal beside a parameter", source: open("GET", "/{a}") + open("GET", "/b"), codes: [] },
  {
    what: "an escaped and a plain spelling of one path",
    source: open("GET", "/%41") + open("GET", "/A"),
    codes: ["VGW6001"],
  },
  {
    what: "hosts of their own",
    source: open("GET", "/a", 'host "a.example"') + open("GET", "/a", 'host "b.example"'),
    codes: [],
  },
  {
    what: "the same guard twice",
    source: open("GET", "/a", 'when request.header("x") == "1"') + open("GET", "/a", 'when request.header("x") == "1"'),
    codes: ["VGW6001"],
  },
  {
    what: "a guard before a route without one",
    source: open("GET", "/a", 'when request.header("x") == "1"') + open("GET", "/a"),
    codes: [],
  },
  { what: "numbers beside identifiers", source: open("GET", "/{a: int}") + open("GET", "/{b: uuid}"), codes: [] },
  {
    what: "ranges that meet",
    source: open("GET", "/{a: int(1..10)}") + open("GET", "/{b: int(10..20)}"),
    codes: ["VGW6002"],
  },
  { what: "ranges that do not", source: open("GET", "/{a: int(1..9)}") + open("GET", "/{b: int(10..20)}"), codes: [] },
  {
    what: "whole numbers and decimals",
    source: open("GET", "/{a: int}") + open("GET", "/{b: float}"),
    codes: ["VGW6002"],
  },
  {
    what: "text around parameters that meets",
    source: open("GET", "/x-{a}") + open("GET", "/{b}.json"),
    codes: ["VGW6002"],
  },
  {
    what: "ranks decided further left",
    source: open("GET", "/{a: int}/b") + open("GET", "/{a: float}/{b}"),
    codes: [],
  },
  {
    what: "a set whose every member has a route",
    source: open("GET", "/a") + open("GET", "/b") + open("GET", '/{x: "a" | "b"}'),
    codes: ["VGW6001"],
  },
];

const access: readonly Row[] = [
  { what: "nothing said", source: 'route GET "/" { reply "x" }', codes: ["VGW6003"] },
  { what: "an address", source: 'route GET "/" { require request.address in 10.0.0.0/8; reply "x" }', codes: [] },
  {
    what: "an address too late",
    source:
      'route GET "/" { reply "x" when request.method == "HEAD"; require request.address in 10.0.0.0/8; reply "x" }',
    codes: ["VGW6003"],
  },
  {
    what: "any address but some",
    source: 'route GET "/" { require request.address not in 10.0.0.0/8; reply "x" }',
    codes: ["VGW6003"],
  },
  {
    what: "a header that anybody can send",
    source: 'route GET "/" { require request.header("x-key") == "1"; reply "x" }',
    codes: ["VGW6003"],
  },
  {
    what: "a secret header",
    source: 'route GET "/" { require request.header("x-key") == secret("KEY"); reply "x" }',
    codes: [],
  },
  {
    what: "an address or anything",
    source: 'route GET "/" { require request.address in 10.0.0.0/8 or request.method == "GET"; reply "x" }',
    codes: ["VGW6003"],
  },
  {
    what: "a policy that asks",
    source: 'policy inside { require request.address in 10.0.0.0/8 }\nroute GET "/" with inside { reply "x" }',
    codes: [],
  },
  {
    what: "a policy that does not",
    source: 'policy noted { log info "x" }\nroute GET "/" with noted { reply "x" }',
    codes: ["VGW6003"],
  },
];

const others: readonly Row[] = [
  {
    what: "a number below and above",
    source: open("GET", "/", "when request.path.length < 3 and request.path.length > 5"),
    codes: ["VGW6004"],
  },
  {
    what: "a number in a range",
    source: open("GET", "/", "when request.path.length > 3 and request.path.length < 5"),
    codes: [],
  },
  {
    what: "equal and not",
    source: open("GET", "/", 'when request.header("a") == "1" and request.header("a") != "1"'),
    codes: ["VGW6004"],
  },
  {
    what: "a deadline with the timeout's default",
    source: `${SERVICE}route GET "/" open { deadline: 5s; forward s }`,
    codes: [],
  },
  {
    what: "a key in a URL",
    source: 'route GET "/" open { reply redirect("http://user:hunter22@a.example/") }',
    codes: ["VGW5010"],
  },
  {
    what: "a provider's key",
    source: `${SERVICE}route GET "/" open { set request.header("x") = "sk-abcdefghijklmnopqrstuvwx"; forward s }`,
    codes: ["VGW5010"],
  },
  { what: "an unused value", source: 'route GET "/" open { let a = 1; reply "x" }', codes: ["VGW8001"] },
  { what: "a value that is meant to wait", source: 'route GET "/" open { let _a = 1; reply "x" }', codes: [] },
  {
    what: "an unused type beside a misspelt one",
    source: 'type Order { id: int }\nroute POST "/" open { read o: Ordr; reply "x" }',
    codes: ["VGW3002"],
  },
  {
    what: "limits of a strict listener",
    source: `gateway g { listen: [http(":8080", transport: strict)], limits: { idle: 60s } }\n${open("GET", "/")}`,
    codes: [],
  },
];

const MODELS: { readonly [name: string]: string } = {
  mini: 'openai("a"), key: secret("K")',
  command: 'cohere("c"), key: secret("K"), price: free, max_output: 9tok',
  plain: 'openai("p"), key: secret("K"), supports: tools',
  claude: 'anthropic("c"), key: secret("K")',
  capped: 'anthropic("c"), key: secret("K"), price: free, max_output: 9tok',
};
/** With those models that are named in it. */
const withModels = (source: string): string =>
  Object.entries(MODELS)
    .filter(([name]) => new RegExp(`\\b${name}\\b`).test(source))
    .map(([name, provider]) => `model ${name} { provider: ${provider} }\n`)
    .join("") + source;
const asking = (choice: string, settings = "", more = "", as = "openai.chat"): string =>
  withModels(`${choice}\nroute POST "/a" open { ${more}forward m as ${as}${settings} }\n`);

const models: readonly Row[] = [
  { what: "what all can be told", source: asking("model m = choose(mini)", " { needs: [tools, files] }"), codes: [] },
  {
    what: "what one of a choice cannot be told",
    source: asking("model m = choose(mini, command)", " { needs: [tools, files] }"),
    codes: ["VGW6120"],
  },
  {
    what: "what a fallback cannot be told, twice",
    source: asking("model m = choose(mini) { fallback: [command] }", " { needs: [audio, files] }"),
    codes: ["VGW6120", "VGW6120"],
  },
  {
    what: "what a model says it does not support",
    source: asking("model m = choose(mini, plain)", " { needs: [tools, images] }"),
    codes: ["VGW6120"],
  },
  {
    what: "where a budget of the route is used up",
    source: asking("model m = choose(capped)", " { needs: files }", "budget 500tok/day then command; "),
    codes: ["VGW6120"],
  },
  {
    what: "copies answer nobody",
    source: asking("model m = choose(mini) { shadow: { model: command, share: 5% } }", " { needs: files }"),
    codes: [],
  },
  {
    what: "an answer that needs a cap",
    source: asking("model m = choose(mini) { fallback: [claude] }"),
    codes: ["VGW6121"],
  },
  {
    what: "a cap of the choice",
    source: asking("model m = choose(mini) { fallback: [claude], limit: 9tok }"),
    codes: [],
  },
  { what: "a cap of the model", source: asking("model m = choose(mini) { fallback: [capped] }"), codes: [] },
  {
    what: "clients who give a cap themselves",
    source: asking("model m = choose(claude)", "", "", "anthropic.messages"),
    codes: [],
  },
  {
    what: "an answer that needs a cap is told of once",
    source: `${asking("model m = choose(claude)")}\nroute POST "/b" open { forward claude as gemini }\n`,
    codes: ["VGW6121"],
  },
];

describe.each([
  ["routes", routes],
  ["access", access],
  ["models", models],
  ["others", others],
] as const)("%s", (_name, rows) => {
  test.each(rows)("$what", ({ source, codes }) => {
    expect(codesOf(source)).toEqual(codes);
  });
});
