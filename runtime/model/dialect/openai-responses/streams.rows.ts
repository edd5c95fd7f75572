/** Streams as providers send them, and what they mean: raw bytes in, one line for each event out. */

let sequence = 0;
const event = (type: string, fields: string) =>
  `event: ${type}\ndata: {"type":"${type}","sequence_number":${sequence++},${fields}}\n\n`;
const CREATED = event(
  "response.created",
  '"response":{"id":"resp_1","model":"gpt","status":"in_progress","output":[]}',
);
const START = "start resp_1 gpt";
const USAGE =
  '"usage":{"input_tokens":12,"input_tokens_details":{"cached_tokens":5},"output_tokens":7,"output_tokens_details":{"reasoning_tokens":3},"total_tokens":19}';
const completed = (output: string) =>
  event(
    "response.completed",
    `"response":{"id":"resp_1","model":"gpt","status":"completed","output":[${output}],${USAGE}}`,
  );
const MESSAGE = '{"id":"m","type":"message","role":"assistant","content":[{"type":"output_text","text":"Hello"}]}';
const CALL = '{"id":"fc_1","type":"function_call","call_id":"call_1","name":"f","arguments":"{\\"a\\":1}"}';
const added = (index: number, item: string) =>
  event("response.output_item.added", `"output_index":${index},"item":${item}`);
const done = (index: number, item: string) =>
  event("response.output_item.done", `"output_index":${index},"item":${item}`);
const emptyCall = (n: number) =>
  `{"id":"fc_${n}","type":"function_call","call_id":"call_${n}","name":"f","arguments":""}`;
const fragment = (index: number, delta: string) =>
  event(
    "response.function_call_arguments.delta",
    `"item_id":"x","output_index":${index},"delta":${JSON.stringify(delta)}`,
  );
const text = (delta: string) =>
  event(
    "response.output_text.delta",
    `"item_id":"m","output_index":0,"content_index":0,"delta":${JSON.stringify(delta)}`,
  );

export const STREAMS: readonly { readonly what: string; readonly raw: string; readonly events: readonly string[] }[] = [
  {
    what: "text",
    raw:
      CREATED +
      event("response.in_progress", '"response":{"id":"resp_1"}') +
      added(0, '{"id":"m","type":"message","role":"assistant","content":[]}') +
      event(
        "response.content_part.added",
        '"output_index":0,"content_index":0,"part":{"type":"output_text","text":""}',
      ) +
      text("Hel") +
      text("lo") +
      event("response.output_text.done", '"output_index":0,"content_index":0,"text":"Hello"') +
      done(0, MESSAGE) +
      completed(MESSAGE),
    events: [START, "0 text", "0 < Hel", "0 < lo", "0 .", "stop end completed", "usage 7 5 0 0 4 3", "end"],
  },
  {
    what: "a tool call; its two identifiers",
    raw:
      CREATED +
      added(0, emptyCall(1)) +
      fragment(0, '{"a"') +
      fragment(0, ":1}") +
      event("response.function_call_arguments.done", '"output_index":0,"arguments":"{\\"a\\":1}"') +
      done(0, CALL) +
      completed(CALL),
    events: [
      START,
      "0 tool-call call_1 f",
      '0 < {"a"',
      "0 < :1}",
      "0 .",
      "stop tool-calls completed",
      "usage 7 5 0 0 4 3",
      "end",
    ],
  },
  {
    what: "two calls whose fragments come in turns, the second without arguments",
    raw:
      CREATED +
      added(0, emptyCall(1)) +
      added(1, emptyCall(2)) +
      fragment(0, "{") +
      fragment(0, "}") +
      done(1, emptyCall(2)) +
      done(0, emptyCall(1)) +
      completed(""),
    events: [
      START,
      "0 tool-call call_1 f",
      "1 tool-call call_2 f",
      "0 < {",
      "0 < }",
      "0 .",
      "1 < {}",
      "1 .",
      "stop tool-calls completed",
      "usage 7 5 0 0 4 3",
      "end",
    ],
  },
  {
    what: "the rest of what the pieces left out comes from the item's end, and items that never began from the response's",
    raw: CREATED + text("Hel") + done(0, MESSAGE) + completed(`${MESSAGE},${CALL}`),
    events: [
      START,
      "0 text",
      "0 < Hel",
      "0 < lo",
      "0 .",
      "1 tool-call call_1 f",
      '1 < {"a":1}',
      "1 .",
      "stop tool-calls completed",
      "usage 7 5 0 0 4 3",
      "end",
    ],
  },
  {
    what: "thoughts: a summary of two parts, encrypted",
    raw:
      CREATED +
      added(0, '{"id":"rs_1","type":"reasoning","summary":[]}') +
      event(
        "response.reasoning_summary_part.added",
        '"output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""}',
      ) +
      event("response.reasoning_summary_text.delta", '"output_index":0,"summary_index":0,"delta":"A"') +
      event(
        "response.reasoning_summary_part.added",
        '"output_index":0,"summary_index":1,"part":{"type":"summary_text","text":""}',
      ) +
      event("response.reasoning_summary_text.delta", '"output_index":0,"summary_index":1,"delta":"B"') +
      done(
        0,
        '{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"A"},{"type":"summary_text","text":"B"}],"encrypted_content":"enc"}',
      ) +
      completed(""),
    events: [
      START,
      "0 reasoning",
      "0 < A",
      "0 < \n\nB",
      '0 signed VgwOpenAiRsp{"id":"rs_1","encrypted_content":"enc"}',
      "0 .",
      "stop end completed",
      "usage 7 5 0 0 4 3",
      "end",
    ],
  },
  {
    what: "thoughts that are only encrypted; items of tools that the provider ran",
    raw:
      CREATED +
      done(0, '{"id":"rs_1","type":"reasoning","summary":[],"encrypted_content":"enc"}') +
      added(1, '{"type":"web_search_call"}') +
      done(1, '{"type":"web_search_call"}') +
      completed(""),
    events: [
      START,
      "0 reasoning",
      '0 signed VgwOpenAiRsp{"id":"rs_1","encrypted_content":"enc"}',
      "0 .",
      "stop end completed",
      "usage 7 5 0 0 4 3",
      "end",
    ],
  },
  {
    what: "cut at the cap, in a call",
    raw:
      CREATED +
      added(0, emptyCall(1)) +
      fragment(0, '{"a') +
      event(
        "response.incomplete",
        `"response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[],${USAGE}}`,
      ),
    events: [
      START,
      "0 tool-call call_1 f",
      '0 < {"a',
      "0 .",
      "stop length max_output_tokens",
      "usage 7 5 0 0 4 3",
      "end",
    ],
  },
  {
    what: "filtered",
    raw:
      CREATED +
      event(
        "response.incomplete",
        '"response":{"status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[]}',
      ),
    events: [START, "stop policy content_filter", "end"],
  },
  {
    what: "a refusal",
    raw:
      CREATED +
      event("response.refusal.delta", '"output_index":0,"content_index":0,"delta":"No."') +
      completed('{"type":"message","content":[{"type":"refusal","refusal":"No."}]}'),
    events: [START, "0 refusal", "0 < No.", "0 .", "stop end completed", "usage 7 5 0 0 4 3", "end"],
  },
  {
    what: "a failure, with what it used",
    raw:
      CREATED +
      text("Hel") +
      event(
        "response.failed",
        `"response":{"status":"failed","error":{"code":"server_error","message":"oops"},${USAGE}}`,
      ),
    events: [START, "0 text", "0 < Hel", "usage 7 5 0 0 4 3", "error upstream 502 server_error"],
  },
  {
    what: "an error event, flat",
    raw: CREATED + event("error", '"code":"rate_limit_exceeded","message":"Please try again in 2s.","param":null'),
    events: [START, "error rate 429 rate_limit_exceeded"],
  },
  {
    what: "an error event, nested",
    raw: event(
      "error",
      '"error":{"type":"insufficient_quota","code":"insufficient_quota","message":"You exceeded your current quota","param":null}',
    ),
    events: ["error quota 429 insufficient_quota"],
  },
  {
    what: "pieces of a call that never began",
    raw: CREATED + fragment(0, "{}") + completed(""),
    events: [START, "stop end completed", "usage 7 5 0 0 4 3", "end"],
  },
  {
    what: "the end in the middle",
    raw: CREATED + text("Hel"),
    events: [START, "0 text", "0 < Hel", "error upstream 502 "],
  },
  { what: "nothing", raw: "", events: ["error upstream 502 "] },
  {
    what: "what comes behind the end",
    raw: `${completed("")}${text("x")}data: [DONE]\n\n`,
    events: [START, "stop end completed", "usage 7 5 0 0 4 3", "end"],
  },
];
