/** Vectors: base64 and numbers are the same, answers that are none are errors, and nothing throws whatever a provider or a client writes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../canonical/request.ts";
import { operations } from "../dialects.ts";
import type { ProviderTarget } from "../dialect/dialect.ts";
import { vectorToBase64, vectorToNumbers } from "./embeddings.ts";
import { isAsking, isJob, type ProviderAnswer } from "./operation.ts";

const TARGET: ProviderTarget = { model: "m", base: "https://fake.example/v1", variant: "", settings: {} };
const DIALECTS = ["openai-chat", "gemini", "cohere", "ollama", "bedrock", "anthropic", "openai-responses"] as const;

it("base64 is 32-bit floats, little-endian", () => {
  expect(vectorToBase64([1, -2.5])).toBe(Buffer.from([0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0]).toString("base64"));
  fc.assert(
    fc.property(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (numbers) => {
      const packed = vectorToBase64(numbers);
      expect([...new Float32Array(Uint8Array.from(Buffer.from(packed, "base64")).buffer)]).toEqual(numbers);
      expect(vectorToNumbers(packed)).toEqual(numbers);
    }),
  );
});

describe.each([...operations])("%s", (_name, operation) => {
  const paths = [
    "/v1/x",
    "/v1beta/models/a:embedContent",
    "/v1beta/models/a:batchEmbedContents",
    "/models/a:countTokens",
  ];

  it("reads whatever clients write, and asks every provider or says why not", () => {
    const field = fc.constantFrom(
      "input",
      "model",
      "messages",
      "contents",
      "content",
      "requests",
      "dimensions",
      "parts",
    );
    const value = fc.letrec<{ json: Json }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<Json>("a", "", 1, -1, null, true, "user"),
        fc.array(tie("json"), { maxLength: 3 }),
        fc.dictionary(field, tie("json"), { maxKeys: 3 }),
      ),
    })).json;
    fc.assert(
      fc.property(value, fc.constantFrom(...paths), (json, path) => {
        const read = operation.read(Buffer.from(JSON.stringify(json)), json, path);
        if (!isJob(read)) {
          expect("class" in read ? 0 : read.length).toBeGreaterThan(0);
          return;
        }
        for (const dialect of DIALECTS) {
          const asking = read.ask(dialect, TARGET);
          if (isAsking(asking)) expect(asking.requests.length).toBeGreaterThan(0);
          else expect(asking.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("takes no nonsense for an answer", () => {
    const questions: readonly (readonly [Json, string])[] = [
      [{ model: "m", input: ["a", "b"] }, "/v1/x"],
      [{ content: { parts: [{ text: "a" }] } }, "/v1beta/models/a:embedContent"],
      [{ model: "m", messages: [{ role: "user", content: "a" }] }, "/v1/x"],
      [{ contents: [{ parts: [{ text: "a" }] }] }, "/models/a:countTokens"],
    ];
    const nonsense = [
      "",
      "null",
      "{}",
      "[]",
      "no",
      '{"data":5}',
      '{"data":[{"embedding":["a"]}]}',
      '{"embeddings":[[]]}',
    ];
    let asked = 0;
    for (const [json, path] of questions) {
      const read = operation.read(Buffer.from(JSON.stringify(json)), json, path);
      if (!isJob(read)) continue;
      for (const dialect of DIALECTS) {
        const asking = read.ask(dialect, TARGET);
        if (!isAsking(asking)) continue;
        asked++;
        for (const text of nonsense) {
          const answer: ProviderAnswer = { headers: [], body: Buffer.from(text) };
          const result = asking.answer(
            asking.requests.map(() => answer),
            "name",
          );
          expect(result).toMatchObject({ class: "upstream", status: 502 });
          expect(asking.answer([], "name")).toMatchObject({ class: "upstream" });
        }
      }
    }
    expect(asked).toBeGreaterThan(0);
  });
});
