/** What a bundle holds of models that are only asked for vectors, judgements or counts: not the codec of their conversations. */
import { expect, test } from "vitest";
import { planOf } from "../../test/conformance/program.ts";
import { emit } from "../6-emit/index.ts";
import { bundle } from "./index.ts";

let programs = 0;

async function codeOf(program: string): Promise<string> {
  const plan = planOf({
    path: `operations-${++programs}.vgw`,
    title: "",
    rule: "",
    program: `vgw 1\ngateway edge { }\n${program}`,
    files: new Map(),
    environment: {},
    upstreams: new Map(),
    cases: [],
  });
  return (await bundle(plan, emit(plan))).code;
}

const CHAT = "chat/completions";
const model = 'model e { provider: openai("text-embedding-3-small"), key: secret("K") }';
const vectors = 'route POST "/e" open { forward e as openai.embeddings }';

test.each([
  ["vectors", `${model}\n${vectors}`, false],
  ["judgements", `${model}\nroute POST "/e" open { forward e as openai.moderations }`, false],
  ["vectors of a choice", `${model}\nmodel c = choose(e)\n${vectors.replace("forward e", "forward c")}`, false],
  ["both", `${model}\n${vectors}\nroute POST "/c" open { forward e as openai.chat }`, true],
  [
    "vectors of one, conversations of another",
    `${model}\n${vectors}\nmodel o { provider: ollama("a", context: 8ktok) }\nroute POST "/o" open { forward o as openai.chat }`,
    false,
  ],
])("%s", async (_what, program, chat) => {
  expect((await codeOf(program)).includes(CHAT)).toBe(chat);
});

test("half of what a conversation takes", async () => {
  const less = await codeOf(`${model}\n${vectors}`);
  const more = await codeOf(`${model}\nroute POST "/e" open { forward e as openai.chat }`);
  expect(less.length).toBeLessThan(more.length * 0.55);
});
