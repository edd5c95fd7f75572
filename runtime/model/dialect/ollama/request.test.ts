import { describe, expect, it } from "vitest";
import type { ModelRequest, Part } from "../../canonical/request.ts";
import { PLAIN_REQUEST } from "../../testing/feature-requests.ts";
import { ollamaProvider } from "./provider.ts";

function written(
  request: Partial<ModelRequest>,
  settings: { [name: string]: string } = {},
  base = "http://127.0.0.1:11434",
): { target: string; body: string } {
  const made = ollamaProvider.writeRequest(
    { ...PLAIN_REQUEST, ...request },
    { model: "m", base, variant: "", settings },
  );
  if (!("body" in made)) throw new Error(JSON.stringify(made));
  return made;
}

describe("requests for Ollama", () => {
  it("arguments are objects, digit for digit; results name their tool; images of results follow", () => {
    const call: Part = { type: "tool-call", id: "a", name: "f", arguments: '{"n":1.0}', signature: null };
    const image: Part = { type: "image", source: { kind: "base64", mediaType: "image/png", data: "AA" }, detail: null };
    const result: Part = { type: "tool-result", id: "a", name: "f", parts: [image], failed: false };
    const { body } = written({
      turns: [
        { role: "assistant", parts: [call] },
        { role: "user", parts: [result] },
      ],
    });
    expect(body).toContain(
      '"messages":[{"role":"assistant","content":"","tool_calls":[{"id":"a","function":{"name":"f","arguments":{"n":1.0}}}]},{"role":"tool","content":"See below.","tool_name":"f","tool_call_id":"a"},{"role":"user","content":"","images":["AA"]}]',
    );
  });

  it("streams only where it is told to, which Ollama does not need to be", () => {
    expect(written({ stream: false }).body).toContain('"stream":false');
    expect(written({ stream: true }).body).toContain('"stream":true');
  });

  it.each([
    ["http://127.0.0.1:11434", "/api/chat"],
    ["http://127.0.0.1:11434/api", "/api/chat"],
    ["https://a.example/ollama", "/ollama/api/chat"],
  ])("%s", (base, target) => expect(written({}, {}, base).target).toBe(target));

  it.each([
    [{ num_ctx: "32768" }, {}, '"options":{"num_ctx":32768}'],
    [{ keep_alive: "10m" }, {}, '"keep_alive":"10m"'],
    [{ keep_alive: "-1" }, {}, '"keep_alive":-1'],
    [{ thinking: "switch" }, { reasoning: { effort: "high", budget: null, visible: null } }, '"think":true'],
    [{}, { reasoning: { effort: "none", budget: null, visible: null } }, '"think":false'],
    [{}, { reasoning: { effort: null, budget: 0, visible: null } }, '"think":false'],
    [{}, { reasoning: { effort: "max", budget: null, visible: null } }, '"think":"high"'],
    [{}, { maxOutput: 5 }, '"options":{"num_predict":5}'],
  ] as const)("%j %j", (settings, request, text) => expect(written(request, settings).body).toContain(text));
});
