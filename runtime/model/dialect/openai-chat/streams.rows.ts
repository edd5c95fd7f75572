/** Streams as providers send them, and what they mean: raw bytes in, one line for each event out. */

const chunk = (choice: string, rest = "") =>
  `data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt","choices":[${choice}]${rest}}\n\n`;
const delta = (fields: string, stop = "null") => chunk(`{"index":0,"delta":{${fields}},"finish_reason":${stop}}`);
const call = (fields: string) => delta(`"tool_calls":[{${fields}}]`);
const USAGE =
  '"usage":{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19,"prompt_tokens_details":{"cached_tokens":5},"completion_tokens_details":{"reasoning_tokens":3}}';
const DONE = "data: [DONE]\n\n";
const START = "start c1 gpt";

export interface StreamRow {
  readonly what: string;
  readonly raw: string;
  readonly events: readonly string[];
}

export const STREAMS: readonly StreamRow[] = [
  {
    what: "text, usage in a last chunk without choices",
    raw:
      delta('"role":"assistant","content":""') +
      delta('"content":"Hé"') +
      delta('"content":"llo"') +
      delta("", '"stop"') +
      chunk("", `,${USAGE}`) +
      DONE,
    events: [START, "0 text", "0 < Hé", "0 < llo", "0 .", "stop end stop", "usage 7 5 0 0 4 3", "end"],
  },
  {
    what: "comments in between, no space after the colon, no blank line at the end (OpenRouter and others)",
    raw: `: OPENROUTER PROCESSING\n\n${delta('"content":"a"').replace("data: ", "data:")}: OPENROUTER PROCESSING\n\n${delta("", '"stop"')}data: [DONE]`,
    events: [START, "0 text", "0 < a", "0 .", "stop end stop", "end"],
  },
  {
    what: "carriage returns, no [DONE]",
    raw: (delta('"content":"a"') + delta("", '"stop"')).replaceAll("\n", "\r\n"),
    events: [START, "0 text", "0 < a", "0 .", "stop end stop", "end"],
  },
  {
    what: "usage in the same chunk as the stop (Mistral, Groq)",
    raw:
      delta('"content":"a"') + chunk('{"index":0,"delta":{},"finish_reason":"length"}', `,"x_groq":{${USAGE}}`) + DONE,
    events: [START, "0 text", "0 < a", "0 .", "stop length length", "usage 7 5 0 0 4 3", "end"],
  },
  {
    what: "a first chunk without choices (Azure's filter results)",
    raw: `data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{}]}\n\n${delta('"content":"a"')}${delta("", '"content_filter"')}${DONE}`,
    events: [START, "0 text", "0 < a", "0 .", "stop policy content_filter", "end"],
  },
  {
    what: "a tool call in fragments, with empty content between them",
    raw:
      delta('"role":"assistant","content":null') +
      call('"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}') +
      delta('"content":""') +
      call('"index":0,"function":{"arguments":"{\\"a\\":"}') +
      delta('"content":""') +
      call('"index":0,"function":{"arguments":"1}"}') +
      delta("", '"tool_calls"') +
      DONE,
    events: [START, "0 tool-call call_1 f", '0 < {"a":', "0 < 1}", "0 .", "stop tool-calls tool_calls", "end"],
  },
  {
    what: "two calls whose fragments come in turns",
    raw:
      call('"index":0,"id":"a","function":{"name":"f","arguments":"{"}') +
      call('"index":1,"id":"b","function":{"name":"g","arguments":"{"}') +
      call('"index":0,"function":{"arguments":"}"}') +
      call('"index":1,"function":{"arguments":"}"}') +
      delta("", '"tool_calls"') +
      DONE,
    events: [
      START,
      "0 tool-call a f",
      "0 < {",
      "1 tool-call b g",
      "1 < {",
      "0 < }",
      "1 < }",
      "0 .",
      "1 .",
      "stop tool-calls tool_calls",
      "end",
    ],
  },
  {
    what: "several calls whole in one chunk, all of them with index 0",
    raw:
      delta(
        '"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}},{"index":0,"id":"b","function":{"name":"f","arguments":"{}"}}]',
      ) +
      delta("", '"tool_calls"') +
      DONE,
    events: [
      START,
      "0 tool-call a f",
      "0 < {}",
      "1 tool-call b f",
      "1 < {}",
      "0 .",
      "1 .",
      "stop tool-calls tool_calls",
      "end",
    ],
  },
  {
    what: "calls without index, without identifier, with an object as arguments, and a stop that does not know of them",
    raw: delta('"tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]') + delta("", '"stop"') + DONE,
    events: [START, "0 tool-call c1_0 f", '0 < {"a":1}', "0 .", "stop tool-calls stop", "end"],
  },
  {
    what: "two calls with the same identifier",
    raw:
      call('"index":0,"id":"a","function":{"name":"f","arguments":"{}"}') +
      call('"index":1,"id":"a","function":{"name":"g","arguments":"{}"}') +
      delta("", '"tool_calls"') +
      DONE,
    events: [
      START,
      "0 tool-call a f",
      "0 < {}",
      "1 tool-call a_2 g",
      "1 < {}",
      "0 .",
      "1 .",
      "stop tool-calls tool_calls",
      "end",
    ],
  },
  {
    what: "a call without arguments",
    raw: call('"index":0,"id":"a","function":{"name":"f","arguments":""}') + delta("", '"tool_calls"') + DONE,
    events: [START, "0 tool-call a f", "0 < {}", "0 .", "stop tool-calls tool_calls", "end"],
  },
  {
    what: "a call that was cut at the cap, and one before its first character",
    raw:
      call('"index":0,"id":"a","function":{"name":"f","arguments":"{\\"a\\":\\"x"}') +
      call('"index":1,"id":"b","function":{"name":"g"}') +
      delta("", '"length"') +
      DONE,
    events: [START, "0 tool-call a f", '0 < {"a":"x', "1 tool-call b g", "0 .", "1 .", "stop length length", "end"],
  },
  {
    what: "arguments before the name",
    raw:
      call('"index":0,"id":"a","function":{"arguments":"{\\"a\\""}') +
      call('"index":0,"function":{"name":"f","arguments":":1}"}') +
      delta("", '"tool_calls"') +
      DONE,
    events: [START, "0 tool-call a f", '0 < {"a"', "0 < :1}", "0 .", "stop tool-calls tool_calls", "end"],
  },
  {
    what: "thoughts as DeepSeek has them, then text",
    raw:
      delta('"role":"assistant","content":null,"reasoning_content":"Hm"') +
      delta('"reasoning_content":"m."') +
      delta('"content":"Yes"') +
      delta("", '"stop"') +
      DONE,
    events: [START, "0 reasoning", "0 < Hm", "0 < m.", "0 .", "1 text", "1 < Yes", "1 .", "stop end stop", "end"],
  },
  {
    what: "thoughts as OpenRouter has them: once in two fields, signed, and one encrypted",
    raw:
      delta(
        '"reasoning":"Hm","reasoning_details":[{"type":"reasoning.text","text":"Hm","index":0,"format":"anthropic-claude-v1"}]',
      ) +
      delta('"reasoning_details":[{"type":"reasoning.text","signature":"sig","index":0}]') +
      delta('"reasoning_details":[{"type":"reasoning.encrypted","data":"enc","index":1}]') +
      delta('"content":"Yes"') +
      delta("", '"stop"') +
      DONE,
    events: [
      START,
      "0 reasoning",
      "0 < Hm",
      "0 signed VgwOpenAiChtsig",
      "0 .",
      "1 reasoning VgwOpenAiChtenc",
      "1 .",
      "2 text",
      "2 < Yes",
      "2 .",
      "stop end stop",
      "end",
    ],
  },
  {
    what: "thoughts as Mistral has them",
    raw:
      delta('"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]}]') +
      delta('"content":[{"type":"text","text":"Yes"}]') +
      delta("", '"stop"') +
      DONE,
    events: [START, "0 reasoning", "0 < Hm", "0 .", "1 text", "1 < Yes", "1 .", "stop end stop", "end"],
  },
  {
    what: "a refusal",
    raw: delta('"refusal":"I can"') + delta('"refusal":"not."') + delta("", '"stop"') + DONE,
    events: [START, "0 refusal", "0 < I can", "0 < not.", "0 .", "stop end stop", "end"],
  },
  {
    what: "a stop string that vLLM tells",
    raw: delta('"content":"a"') + chunk('{"index":0,"delta":{},"finish_reason":"stop","stop_reason":"END"}') + DONE,
    events: [START, "0 text", "0 < a", "0 .", "stop stop-string stop END", "end"],
  },
  {
    what: "other choices are not ours",
    raw: chunk('{"index":1,"delta":{"content":"x"}},{"index":0,"delta":{"content":"a"}}') + delta("", '"stop"') + DONE,
    events: [START, "0 text", "0 < a", "0 .", "stop end stop", "end"],
  },
  {
    what: "what comes behind the stop is no part of the answer",
    raw: delta('"content":"a"', '"stop"') + delta('"content":"b"', '"length"') + DONE + delta('"content":"c"'),
    events: [START, "0 text", "0 < a", "0 .", "stop end stop", "end"],
  },
  {
    what: "an error in the middle, as OpenAI has it",
    raw: `${delta('"content":"a"')}data: {"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}}\n\n${DONE}`,
    events: [START, "0 text", "0 < a", "error upstream 502 server_error"],
  },
  {
    what: "an error in the middle, as OpenRouter has it",
    raw: `${delta('"content":"a"')}data: {"id":"c1","error":{"code":429,"message":"Rate limited"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}\n\n`,
    events: [START, "0 text", "0 < a", "error rate 429 "],
  },
  {
    what: "an error by the name of the event",
    raw: 'event: error\ndata: {"object":"error","message":"context window exceeded","type":"BadRequestError","code":400}\n\n',
    events: ["error context 400 BadRequestError"],
  },
  {
    what: "a model that failed",
    raw: delta('"content":"a"') + delta("", '"insufficient_system_resource"') + DONE,
    events: [START, "0 text", "0 < a", "error upstream 502 insufficient_system_resource"],
  },
  {
    what: "[DONE] without a stop",
    raw: delta('"content":"a"') + DONE,
    events: [START, "0 text", "0 < a", "error upstream 502 "],
  },
  {
    what: "the end in the middle of a call",
    raw: call('"index":0,"id":"a","function":{"name":"f","arguments":"{"}'),
    events: [START, "0 tool-call a f", "0 < {", "error upstream 502 "],
  },
  { what: "nothing at all", raw: "", events: ["error upstream 502 "] },
  { what: "a page instead of a stream", raw: "<html>\n<body>Bad gateway</body>\n", events: ["error upstream 502 "] },
  { what: "data that is no JSON", raw: "data: {\n\n", events: ["error upstream 502 "] },
];
