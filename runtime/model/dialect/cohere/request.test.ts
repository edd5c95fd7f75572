import { describe, expect, it } from "vitest";
import type { ModelRequest, Part } from "../../canonical/request.ts";
import { PLAIN_REQUEST } from "../../testing/feature-requests.ts";
import { cohereProvider } from "./provider.ts";

const target = { model: "command", base: "https://api.cohere.com/v2", variant: "", settings: {} };

function written(request: Partial<ModelRequest>): { [name: string]: unknown } {
  const made = cohereProvider.writeRequest({ ...PLAIN_REQUEST, ...request }, target);
  if (!("body" in made)) throw new Error(JSON.stringify(made));
  expect(made.target).toBe("/v2/chat");
  return JSON.parse(made.body);
}

it.each(["https://api.cohere.com", "https://api.cohere.com/v2"])("%s is asked at /v2/chat", (base) => {
  expect(cohereProvider.writeRequest(PLAIN_REQUEST, { ...target, base })).toMatchObject({ target: "/v2/chat" });
});

const text = (text: string): Part => ({ type: "text", text });
const tool = (name: string, strict: boolean | null = null) => ({
  name,
  description: null,
  parameters: { type: "object" },
  strict,
});

describe("requests for Cohere", () => {
  it("what an assistant says before its calls is their plan; results follow as messages", () => {
    const call: Part = { type: "tool-call", id: "a", name: "f", arguments: '{"n":1.0}', signature: null };
    const image: Part = {
      type: "image",
      source: { kind: "base64", mediaType: "image/png", data: "AA" },
      detail: "low",
    };
    const result: Part = {
      type: "tool-result",
      id: "a",
      name: "",
      parts: [{ type: "text", text: "x" }, image],
      failed: false,
    };
    const thought: Part = { type: "reasoning", text: "Hm.", signature: null, redacted: null };
    const turns: ModelRequest["turns"] = [
      { role: "user", parts: [text("?")] },
      { role: "assistant", parts: [thought, text("I look."), call] },
      { role: "user", parts: [result, text("And?")] },
      { role: "assistant", parts: [text("Yes.")] },
    ];
    expect(written({ turns }).messages).toEqual([
      { role: "user", content: [{ type: "text", text: "?" }] },
      {
        role: "assistant",
        content: [{ type: "thinking", thinking: "Hm." }],
        tool_plan: "I look.",
        tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: '{"n":1.0}' } }],
      },
      { role: "tool", tool_call_id: "a", content: "x" },
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: "data:image/png;base64,AA", detail: "low" } },
          { type: "text", text: "And?" },
        ],
      },
      { role: "assistant", content: [{ type: "text", text: "Yes." }] },
    ]);
  });

  it("a named tool is the only one that is told of", () => {
    const made = written({ tools: [tool("f"), tool("g")], toolChoice: { kind: "tool", name: "g" } });
    expect(made.tools).toMatchObject([{ function: { name: "g" } }]);
    expect(made.tool_choice).toBe("REQUIRED");
  });

  it.each([
    [{ tools: [tool("f", true), tool("g", true)] }, { strict_tools: true }],
    [{ tools: [tool("f", true), tool("g")] }, { strict_tools: undefined }],
    [{ topP: 1 }, { p: 0.99 }],
    [{ topP: 0 }, { p: 0.01 }],
    [{ maxOutput: 5 }, { max_tokens: 5 }],
    [{ reasoning: { effort: "none", budget: null, visible: null } }, { thinking: { type: "disabled" } }],
    [
      { reasoning: { effort: "low", budget: null, visible: null } },
      { thinking: { type: "enabled", token_budget: 1024 } },
    ],
    [{ reasoning: { effort: null, budget: 77, visible: null } }, { thinking: { type: "enabled", token_budget: 77 } }],
  ] as const)("%j", (request, fields) => {
    const made = written(request);
    for (const [name, value] of Object.entries(fields)) expect(made[name]).toEqual(value);
  });

  it.each([
    [{ count: 2 }, "n"],
    [{ temperature: 1.5 }, "temperature"],
    [{ topK: 501 }, "top_k"],
    [{ frequencyPenalty: -1 }, "frequency_penalty"],
    [{ stop: ["a", "b", "c", "d", "e", "f"] }, "stop"],
    [{ tools: [tool("f")], format: { kind: "json" } }, "response_format"],
    [{ tools: [tool("f")], toolChoice: { kind: "tool", name: "g" } }, "tool_choice"],
  ] as const)("%j is refused", (request, path) => {
    const made = cohereProvider.writeRequest({ ...PLAIN_REQUEST, ...request }, target);
    expect("body" in made ? [] : made.map((refusal) => refusal.path)).toEqual([path]);
  });
});
