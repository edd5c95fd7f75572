/** Every example of the vocabulary gives the value that it states, interpreted and compiled. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtins } from "../../compiler/vocabulary/index.ts";
import { types } from "../../compiler/vocabulary/types.ts";
import type { CaseFile, Driver, Running } from "./case.ts";
import { gatewayDriver } from "./gateway.ts";
import { interpreterDriver } from "./interpreter.ts";

interface Example {
  readonly name: string;
  readonly source: string;
  readonly value: unknown;
}

/** Those of `reply` stand only in a reply, those of an answer need a service; the corpus has them. */
const examples: readonly Example[] = [
  ...[...builtins.values()]
    .filter((entry) => entry.runtime !== "" && entry.example.source !== "")
    .map(({ key, example }) => ({ name: key, ...example })),
  ...[...types.values()]
    .filter((entry) => entry.example.source !== "")
    .map(({ name, example }) => ({ name: `type ${name}`, source: example.source, value: JSON.parse(example.json) })),
];

const program = (some: readonly Example[]): CaseFile => ({
  path: `vocabulary of ${some.map(({ name }) => name).join()}`,
  title: "",
  rule: "",
  program: `vgw 1\n${some.map(({ source }, index) => `route GET "/${index}" open { reply { value: ${source} } }\n`).join("")}`,
  files: new Map(),
  environment: {},
  upstreams: new Map(),
  cases: [],
});

async function valueAt(running: Running, index: number): Promise<unknown> {
  const request = {
    method: "GET",
    target: `/${index}`,
    headers: [["host", "h"]] as const,
    body: new Uint8Array(),
    raw: null,
    from: "127.0.0.1",
    beside: null,
  };
  const { answer } = await running.send(request);
  const text = Buffer.from(answer.body).toString();
  if (answer.status !== 200) throw new Error(`${answer.status} ${text}`);
  return JSON.parse(text).value;
}

/** What is absent is left out of JSON. */
const shown = (value: unknown): unknown => value ?? undefined;

describe("interpreted", () => {
  const driver: Driver = interpreterDriver();
  it.each(examples)("$name: $source", async (example) => {
    const running = await driver.start(program([example]));
    expect(await valueAt(running, 0)).toEqual(shown(example.value));
  });
});

describe("compiled", () => {
  let running: Running;
  beforeAll(async () => {
    running = await gatewayDriver("strict").start(program(examples));
  });
  afterAll(() => running.stop());
  it.each(examples.map((example, index) => ({ ...example, index })))("$name: $source", async ({ index, value }) => {
    expect(await valueAt(running, index)).toEqual(shown(value));
  });
});
