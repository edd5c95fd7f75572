/** The vocabulary can't lie: every example of a setting, step, place, observation and declaration checks clean where it belongs. */
import { describe, expect, test } from "vitest";
import { checkProgram } from "../3-types/index.ts";
import { loadProgram } from "../workspace/index.ts";
import {
  adminSettings,
  apiKeySettings,
  breakerSettings,
  callSettings,
  choiceSettings,
  concurrencySettings,
  cookieSettings,
  declarations,
  ejectSettings,
  endpointSettings,
  forwardModelSettings,
  forwardSettings,
  gatewaySettings,
  healthSettings,
  hedgeSettings,
  modelHedgeSettings,
  shadowSettings,
  httpSettings,
  httpsSettings,
  jwtSettings,
  limitSettings,
  listenerSettings,
  modelKeySettings,
  modelSettings,
  places,
  providers,
  rateLimitSettings,
  retrySettings,
  routeSettings,
  sendSettings,
  serviceSettings,
  type Setting,
  steps,
  tlsSettings,
  webSocketSettings,
} from "./index.ts";
import { observations } from "./observations.ts";

/** What examples take for granted. */
const WORLD = `
type Item { sku: string(1..40), quantity: int(1..1000), price: money }
type Order { id: uuid }
type Customer { name: string }
service orders { url: "http://127.0.0.1:9000" }
service customers { url: "http://127.0.0.1:9001" }
service audit { url: "http://127.0.0.1:9002" }
service shop { url: "http://127.0.0.1:9003" }
identity staff = api_key { keys: env("API_KEYS"), claims: { id: string, team: string } }
model mini { provider: openai("gpt-5.2"), key: secret("OPENAI_API_KEY") }
model large { provider: anthropic("claude-sonnet-4-5"), key: secret("ANTHROPIC_API_KEY"), region: eu }
model local { provider: ollama("llama3.2"), price: free }
model both = choose(mini, large)
`;
const POLICIES = "vgw 1\npolicy nurses { require request.address in 10.0.0.0/8 }\nlet name = 1\n";

function problems(program: string): string[] {
  const text = `vgw 1\n${program}`;
  const read = (path: string): string | null =>
    path === "main.vgw" ? text : path === "policies.vgw" ? POLICIES : null;
  const loaded = loadProgram("main.vgw", read);
  const syntax = loaded.modules.flatMap(({ tree }) => tree.diagnostics);
  return [...syntax, ...loaded.diagnostics, ...checkProgram(loaded).diagnostics].map(
    ({ code, message, primary }) => `${code} ${message}: ${text.slice(primary.span.start, primary.span.end)}`,
  );
}

const route = (text: string): string =>
  `${WORLD}\nroute GET "/r/{id: uuid}/{tenant}/{page: int}" open {\n${text}\n reply 204 when page > 3\n deny 404\n}\n`;

const settingTables: readonly (readonly [string, readonly Setting[], (example: string) => string])[] = [
  ["gateway", gatewaySettings, (example) => `gateway g { ${example} }`],
  ["listener", listenerSettings, (example) => `gateway g { listen: http(":8080", ${example}) }`],
  ["http listener", httpSettings, (example) => `gateway g { listen: http(":8080", ${example}) }`],
  [
    "https listener",
    httpsSettings,
    (example) => {
      const usual = example.startsWith("certificates") ? "" : ', certificates: dir("certs")';
      return `gateway g { listen: https(":8443"${usual}, ${example}) }`;
    },
  ],
  ["service.tls", tlsSettings, (example) => `service s { url: "https://a", tls: { ${example} } }`],
  ["admin", adminSettings, (example) => `gateway g { admin: http("127.0.0.1:9901", ${example}) }`],
  ["limits", limitSettings, (example) => `gateway g { limits: { ${example} } }`],
  [
    "service",
    serviceSettings,
    (example) => `service s { ${example.startsWith("url") ? "" : 'url: "http://a", '}${example} }`,
  ],
  ...(
    [
      ["eject", ejectSettings],
      ["health", healthSettings],
      ["hedge", hedgeSettings],
      ["breaker", breakerSettings],
      ["retry", retrySettings],
    ] as const
  ).map(([key, table]): (typeof settingTables)[number] => [
    `service.${key}`,
    table,
    (example) => {
      const rest = key === "health" && !example.startsWith("get") ? 'get: "/", ' : "";
      return `service s { url: ["http://a", "http://b"], ${key}: { ${rest}${example} } }`;
    },
  ]),
  [
    "model.key",
    modelKeySettings,
    (example) => {
      const rest = example.startsWith("secret") ? "" : 'secret: secret("A"), ';
      return `model m { provider: openai("a"), key: [{ ${rest}${example} }, secret("B")] }`;
    },
  ],
  [
    "model.choose.shadow",
    shadowSettings,
    (example) => {
      const rest = ["model: large", "share: 5%"].filter((one) => one.split(":")[0] !== example.split(":")[0]);
      return `${WORLD}\nmodel m = choose(mini) { shadow: { ${[...rest, example].join(", ")} } }`;
    },
  ],
  [
    "model.choose.hedge",
    modelHedgeSettings,
    (example) => `${WORLD}\nmodel m = choose(mini, large) { hedge: { ${example} } }`,
  ],
  [
    "service.url",
    endpointSettings,
    (example) => `service s { url: [{ ${example.startsWith("at") ? "" : 'at: "http://a", '}${example} }] }`,
  ],
  [
    "identity.jwt",
    jwtSettings,
    (example) => {
      const usual = ['issuer: "i"', 'audience: "a"', 'keys: jwks("https://a/")'].filter(
        (one) =>
          one.split(":")[0] !== example.split(":")[0] && !(example.startsWith("secret") && one.startsWith("keys")),
      );
      return `identity i = jwt { ${[...usual, example].join(", ")} }`;
    },
  ],
  [
    "identity.api_key",
    apiKeySettings,
    (example) => `identity i = api_key { ${example.startsWith("keys") ? "" : 'keys: env("K"), '}${example} }`,
  ],
  [
    "model",
    modelSettings,
    (example) => {
      const usual = ['provider: openai("a")', 'key: secret("K")'].filter(
        (one) => one.split(":")[0] !== example.split(":")[0],
      );
      return `model m { ${[...usual, example].join(", ")} }`;
    },
  ],
  [
    "model.choose",
    choiceSettings,
    (example) => {
      const rest = example.startsWith("on") ? ", fallback: [large]" : "";
      if (example.startsWith("clearance"))
        return `model own { provider: openai("a"), key: secret("K"), ${example} }\nmodel m = choose(own) { ${example} }`;
      return `${WORLD}\nmodel m = choose(mini, large) { ${example}${rest} }`;
    },
  ],
  ...providers.map(({ word, settings }): (typeof settingTables)[number] => [
    `model.provider.${word}`,
    settings,
    (example) => {
      const given = example.split(":")[0];
      const others = settings.filter(({ key, required }) => required && key !== given).map((one) => one.example);
      const key = given === "metadata" ? "" : 'key: secret("K"), ';
      return `model m { provider: ${word}("a", ${[example, ...others].join(", ")}), ${key}url: "https://a" }`;
    },
  ]),
  [
    "limit",
    rateLimitSettings,
    (example) => {
      const other = example.startsWith("when_away") ? ", shared: exact" : "";
      return `route GET "/" open {\n limit 60/min by request.address { ${example}${other} }\n reply 204\n}`;
    },
  ],
  [
    "concurrency",
    concurrencySettings,
    (example) => {
      const other =
        { "queue: 50": ", wait: 2s", "wait: 2s": ", queue: 50", "when_away: allow": ", shared: exact" }[example] ?? "";
      return `route GET "/" open {\n limit 100 concurrent by request.address { ${example}${other} }\n reply 204\n}`;
    },
  ],
  [
    "route",
    routeSettings,
    (example) => `model m { provider: openai("a"), key: secret("K"), clearance: pii }
route POST "/" open {\n ${example}\n forward m as openai.chat\n}`,
  ],
  [
    "forward.model",
    forwardModelSettings,
    (example) =>
      `${WORLD}\nroute POST "/" {\n identify staff\n read query lang: "en" | "fr" = "en"\n log lang\n forward both as openai.chat { ${example} }\n}`,
  ],
  [
    "forward",
    forwardSettings,
    (example) => {
      // A handshake has no body, so none is read before it.
      const [method, read] = example.startsWith("websocket") ? ["GET", ""] : ["POST", "read order: Order\n"];
      return `${WORLD}\nroute ${method} "/" open {\n ${read} forward orders { ${example} }\n}`;
    },
  ],
  [
    "forward.websocket",
    webSocketSettings,
    (example) => `${WORLD}\nroute GET "/" open { forward orders { websocket: { ${example} } } }`,
  ],
  [
    "call",
    callSettings,
    (example) =>
      `${WORLD}\nroute POST "/{tenant}/{page: int}" open {\n read order: Order\n orders.post("/", ${example}) else ignore\n reply 204\n}`,
  ],
  ["cookie", cookieSettings, (example) => route(`set response.cookie("sid") = tenant { ${example} }`)],
  ["send", sendSettings, (example) => `test "t" { send GET "/" { ${example} } }`],
];

for (const [owner, table, wrap] of settingTables) {
  describe(`settings of ${owner}`, () => {
    for (const setting of table) {
      test(setting.key, () => {
        expect(problems(wrap(setting.example))).toEqual([]);
        expect(setting.documentation.length).toBeGreaterThan(10);
      });
    }
    test("keys are distinct", () => {
      expect(new Set(table.map(({ key }) => key)).size).toBe(table.length);
    });
  });
}

describe("steps", () => {
  for (const step of steps) {
    test(step.word, () => {
      const open = step.kind === "identify" ? "" : "open ";
      const text = `${WORLD}\nroute POST "/r/{id: uuid}" ${open}{\n${step.kind === "reply" ? " read order: Order\n" : ""} ${step.example}\n${step.ends || step.kind === "if" ? "" : " reply 204\n"}}`;
      expect(problems(text)).toEqual([]);
    });
  }
});

describe("places", () => {
  for (const place of places) {
    test(`${place.side}.${place.what}`, () => {
      const example = /^(set|remove|log) /.test(place.example) ? place.example : `let value = ${place.example}`;
      const text =
        place.side === "response" && place.what === "status"
          ? `${WORLD}\nroute GET "/{id}" open { forward shop { ${example} } }`
          : route(example);
      expect(problems(text.replace("= id {", "= tenant {"))).toEqual([]);
    });
  }
});

describe("observations", () => {
  for (const [name, { example }] of observations) {
    test(name, () => {
      expect(problems(`${WORLD}\ntest "t" {\n send GET "/"\n ${example}\n}`)).toEqual([]);
    });
  }
});

describe("declarations", () => {
  for (const declaration of declarations) {
    test(declaration.word, () => {
      // The example declares some of the same names itself.
      const world = WORLD.split("\n").filter(
        (line) => line === "" || !declaration.example.startsWith(line.split(" {")[0]!),
      );
      const before = declaration.kind === "import" ? "" : world.join("\n");
      expect(problems(`${before}\n${declaration.example}`)).toEqual([]);
    });
  }
});
