/** Budgets by key of a built gateway with three threads: exactly those calls pass whose worst case fits, of each key, also over a restart. */
import { request as ask, createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadNative } from "../../runtime/http/uws/loader.ts";
import { chatAnswer, json, type ModelServer, startModelServer } from "../fakes/model-server.ts";
import { build, type Running, startArtifact, temporaryFolder } from "./support.ts";

const CALLS = 1000;
const FIT = 50;
/** Bytes of what the provider is sent, and of what may stand around it, and of the cap of the output. */
const WORST = (model: string): number => Buffer.byteLength(sent(model)) + 64 + 10;

const sent = (model: string): string =>
  JSON.stringify({ model, messages: [{ role: "user", content: "hi" }], max_completion_tokens: 10 });

const program = (provider: string, limit: number): string => `vgw 1
gateway edge {
  listen: http("127.0.0.1:0")
  admin: http("127.0.0.1:0", token: secret("TOKEN"))
  threads: 3
  access_log: false
  alert: { post: env("ALERT_URL", url) }
}
model paid {
  provider: openai("gpt"), key: secret("KEY"), url: "${provider}/v1", max_output: 10tok, price: { in: $1/Mtok, out: $1/Mtok }
  budget: ${limit}tok/week by request.header("x-team") else ""
  alerts: 1%
}
model spare { provider: vllm("llama"), url: "${provider}/v1", price: free, max_output: 10tok }
policy trial { budget ${limit}tok/week by request.header("x-user") else "" then spare }
route POST "/v1/chat/completions" open { forward paid as openai.chat }
route POST "/trial" open with trial { forward paid as openai.chat }
`;

const { native } = loadNative();
const folder = temporaryFolder();
let provider: ModelServer;
let gateway: Running;
let artifact: string;
/** Takes alerts. */
let hook: Server;
const alerts: { readonly budget: string; readonly key: string; readonly percent: number }[] = [];

const variables = () => ({
  TOKEN: "t",
  KEY: "k",
  ALERT_URL: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`,
});

beforeAll(async () => {
  provider = await startModelServer();
  hook = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      alerts.push(JSON.parse(text));
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
  artifact = build(folder.path, program(provider.origin, WORST("gpt") * FIT + WORST("gpt") - 1));
  gateway = await startArtifact(artifact, [`--files=${folder.path}`], variables());
}, 60_000);
afterAll(async () => {
  await gateway?.stop();
  await provider?.stop();
  hook?.closeAllConnections();
  hook?.close();
  folder.remove();
});

interface Told {
  readonly status: number;
  readonly degraded: string | undefined;
}

const body = JSON.stringify({ model: "x", messages: [{ role: "user", content: "hi" }] });

function call(path: string, headers: { [name: string]: string }): Promise<Told> {
  return new Promise((resolve, reject) => {
    const request = ask(
      {
        host: "127.0.0.1",
        port: gateway.port,
        path,
        method: "POST",
        agent: false,
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...headers },
      },
      (response) => {
        response.resume();
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, degraded: response.headers["model-degraded"]?.toString() }),
        );
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

/** As many at once; the provider answers nobody before everybody was decided about. */
async function storm(path: string, headers: (index: number) => { [name: string]: string }, decided: number) {
  const waiting: (() => void)[] = [];
  provider.asked.length = 0;
  provider.answer = (asked, response) =>
    void waiting.push(() =>
      json(response, 200, {
        ...chatAnswer(String(asked.body.model)),
        usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
      }),
    );
  let refused = 0;
  const all = Array.from({ length: CALLS }, (_, index) =>
    call(path, headers(index)).then((told) => {
      if (told.status === 429) refused++;
      return told;
    }),
  );
  while (refused + waiting.length < decided) await new Promise((resolve) => setTimeout(resolve, 10));
  const models = provider.asked.map((asked) => asked.body.model);
  for (const answer of waiting.splice(0)) answer();
  return { told: await Promise.all(all), models };
}

test.skipIf(native === null)(
  "1,000 at once over three threads against budgets of four teams: of each exactly those whose worst case fits",
  async () => {
    const { told, models } = await storm("/v1/chat/completions", (index) => ({ "x-team": `t${index % 4}` }), CALLS);
    expect(models.length).toBe(4 * FIT);
    for (let team = 0; team < 4; team++) {
      const passed = told.filter((_, index) => index % 4 === team).filter(({ status }) => status === 200);
      expect(passed.length).toBe(FIT);
    }
    expect(told.filter(({ status }) => status === 429).length).toBe(CALLS - 4 * FIT);
  },
  60_000,
);

test.skipIf(native === null)(
  "what does not fit goes to the spare model, and says so: nobody is refused",
  async () => {
    const { told, models } = await storm("/trial", () => ({ "x-user": "u1", "x-team": "another" }), CALLS);
    // The team's budget is as large as the user's: neither lets more through.
    expect(models.filter((model) => model === "gpt").length).toBe(FIT);
    expect(models.filter((model) => model === "llama").length).toBe(CALLS - FIT);
    expect(told.every(({ status }) => status === 200)).toBe(true);
    const degraded = told.filter(({ degraded }) => degraded !== undefined);
    expect(degraded.length).toBe(CALLS - FIT);
    expect(degraded[0]?.degraded).toBe('spare;budget="policy trial by request.header(\\"x-user\\") else \\"\\""');
  },
  60_000,
);

test.skipIf(native === null)("what a key has spent outlives a restart, to the last token", async () => {
  await gateway.stop();
  gateway = await startArtifact(artifact, [`--files=${folder.path}`], variables());
  provider.answer = (_, response) => json(response, 200, chatAnswer("late"));
  const admin = /"admin":\{[^}]*"port":(\d+)/.exec(gateway.output())?.[1];
  const usage = await fetch(`http://127.0.0.1:${admin}/usage?by=budget`, {
    headers: { authorization: "Bearer t" },
  });
  const { budgets } = (await usage.json()) as { budgets: { key: string; spent: string; budget: string }[] };
  expect(budgets.find(({ key }) => key === "t1")).toMatchObject({ spent: String(2 * FIT), unit: "tok" });
  expect(budgets.find(({ key }) => key === "u1")).toMatchObject({ spent: String(2 * FIT) });
  // Each team's alert came once, from whichever thread; behind the restart only what is new.
  const usual = { prompt_tokens: 100, completion_tokens: 0, total_tokens: 100 };
  provider.answer = (_, response) => json(response, 200, { ...chatAnswer("late"), usage: usual });
  for (const team of ["t0", "late"]) expect((await call("/v1/chat/completions", { "x-team": team })).status).toBe(200);
  const teams = (): string[] => alerts.filter(({ budget }) => budget.startsWith("paid ")).map(({ key }) => key);
  while (!teams().includes("late")) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(teams().sort()).toEqual(["another", "late", "t0", "t1", "t2", "t3"]);
  expect(alerts.find(({ key }) => key === "t1")).toMatchObject({ percent: 1, unit: "tok" });
});
