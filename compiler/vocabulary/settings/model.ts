/** The settings of `model`: of one at a provider, and of a choice of several. */
import { type Setting, setting } from "../setting.ts";
import { choiceFitSettings, fitSettings } from "./fits.ts";
import { breakerSettings, modelHedgeSettings, shadowSettings } from "./resilience.ts";
import { alertsSetting, budgetSetting, costHeadersSetting, priceSetting, timeZoneSetting } from "./money.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const MOST_TOKENS = 100_000_000;

export const modelSettings: readonly Setting[] = [
  setting({
    key: "provider",
    type: { kind: "provider" },
    required: true,
    documentation:
      'Who runs the model, and what it is called there: `openai("…")`, `azure("…")`, `mistral("…")`, `groq("…")`, `openrouter("…")`, `deepseek("…")`, `vllm("…")`, `anthropic("…")`, `gemini("…")`, `vertex("…", project: "…", region: "…")`, `openai_responses("…")`, `bedrock("…", region: "…")`, `cohere("…")`, `ollama("…")`.',
    example: 'provider: openai("gpt-5.2")',
  }),
  setting({
    key: "key",
    type: { kind: "model-keys" },
    documentation:
      "The key that the provider knows this gateway by, sent as it asks for it: in `authorization`, `x-api-key`, `api-key` or `x-goog-api-key`. It stands in no bundle, log or error. Required, except for servers of one's own (`vllm`, `ollama`). For `vertex` it is a service account's key file, which never leaves the gateway: tokens are had for it.\n\nSeveral keys stand in a list, each alone or with what may be done with it: `{ secret: secret(\"A\"), limit: 60/min, tokens: 200ktok/min }`, over all threads, the tokens as they are estimated before a request (its prompt, and the cap of its answer, or 1,000). Whichever was used least of late goes next, by its `limit`. Where the provider wants fewer requests, the request is made again with the next key, and this one rests for as long as the provider says (at most an hour; 10 seconds where it says nothing). Where it does not take a key, or the key's account has nothing left, the next one is asked too, and this one is set aside for ten minutes; log and metrics tell of it by the name of its variable. Only where no key is left the request has failed, by what the last one was told, and `fallback` holds.",
    example: 'key: secret("OPENAI_API_KEY")',
  }),
  setting({
    key: "url",
    type: { kind: "url" },
    environment: true,
    documentation:
      "Where the provider stands, instead of its usual place: an origin, with the path before the API's own where there is one. `https`, or `http` on this machine; `vllm` also takes `http` over a network.",
    example: 'url: "http://127.0.0.1:11434/v1"',
  }),
  setting({
    key: "max_output",
    type: { kind: "tokens", min: 1, max: MOST_TOKENS },
    documentation:
      "The most tokens of one answer, reasoning included. A request that allows more, or says nothing, is sent with this cap. Left out: as the client says.",
    example: "max_output: 4000tok",
  }),
  setting({
    key: "timeout",
    type: { kind: "duration", min: 1, max: 24 * HOUR },
    default: 5 * MINUTE,
    environment: true,
    documentation:
      "How long the model may take until the head of its answer has arrived. Of an answer that is not streamed, that is nearly all its time.",
    example: "timeout: 2min",
  }),
  setting({
    key: "first_token",
    type: { kind: "duration", min: 1, max: 24 * HOUR },
    default: MINUTE,
    environment: true,
    documentation:
      "How long a streamed answer may take until its first content has arrived. Signs of life do not count.",
    example: "first_token: 10s",
  }),
  setting({
    key: "silence",
    type: { kind: "duration", min: 1, max: 24 * HOUR },
    default: MINUTE,
    environment: true,
    documentation:
      "How long a streamed answer may stand still between two pieces of content. Then the client is told of the error within its stream. Time for which the client holds it back does not count.",
    example: "silence: 20s",
  }),
  setting({
    key: "total",
    type: { kind: "duration", min: 1, max: 24 * HOUR },
    default: 10 * MINUTE,
    environment: true,
    documentation:
      "How long the whole answer may take, from asking the model on. A route's `deadline` bounds all models together.",
    example: "total: 10min",
  }),
  setting({
    key: "connect_timeout",
    type: { kind: "duration", min: 1, max: 10 * MINUTE },
    default: 5 * SECOND,
    environment: true,
    documentation: "How long opening a connection to the provider may take.",
    example: "connect_timeout: 5s",
  }),
  setting({
    key: "idle",
    type: { kind: "duration", min: 100, max: HOUR },
    default: 30 * SECOND,
    environment: true,
    documentation: "How long an unused connection to the provider is kept.",
    example: "idle: 30s",
  }),
  setting({
    key: "breaker",
    type: { kind: "record", settings: breakerSettings, without: "usual" },
    documentation:
      "When the model is left alone for a while: it is then not asked at all, and a choice asks the next of `fallback` at once, until a request that is let through as a probe succeeds. Lost connections, timeouts and statuses of 500 or more are failures. Left out: never.",
    example: "breaker: { failures: 50%, of: 20, within: 10s, probe: 5s }",
  }),
  setting({
    key: "connections",
    type: { kind: "int", min: 1, max: 100_000 },
    default: 1000,
    environment: true,
    documentation: "How many requests one thread may have under way with the model, each on a connection of its own.",
    example: "connections: 1000",
  }),
  setting({
    key: "answer_limit",
    type: { kind: "size", min: 1, max: 1024 ** 3 },
    default: 32_000_000,
    environment: true,
    documentation: "The longest answer that is not streamed.",
    example: "answer_limit: 32MB",
  }),
  setting({
    key: "clearance",
    type: { kind: "labels" },
    default: [],
    documentation:
      "Labels of data that this model may see: in bodies that a route forwards (see the route's `carries`) and in what `system` says. A route whose bodies carry another label does not compile where any way leads to this model: asked first, by `fallback`, or by another setting of a choice that names it. A choice has no clearance of its own, for each of its models is judged. What a model answers goes back to whoever sent the body, and is not judged again; neither prompts nor answers stand in logs, metrics, traces or the ledger.",
    example: "clearance: pii",
  }),
  ...fitSettings,
  priceSetting,
  budgetSetting,
  alertsSetting,
  timeZoneSetting,
  costHeadersSetting,
];

export const choiceSettings: readonly Setting[] = [
  setting({
    key: "prefer",
    type: { kind: "preference" },
    default: "order",
    documentation:
      "Which model is asked first. `order`: the first one in `choose(…)`. `weights(…)`: one by chance, in proportion to the weights. `cheapest`: where this request costs least, by its estimated prompt and the most tokens of its answer that the client or `limit` allows (1,000 where neither does); where the prices decide it for every request, the order is fixed when compiling. `fastest`: whose answer is there first as measured: the time to its first token, and the tokens behind it (200, or fewer where the answer is capped); of answers that are not streamed, their whole time. Measurements of all threads count together and fade within some minutes; a model of which none is left, or none was made yet, is tried with one request at a time, and one that failed counts as slow. `least_loaded`: with the fewest calls under way, over all threads; among equals the one that stands first.\n\n" +
      "Several stand one behind the other: `cheapest when context < 8ktok and p95 < 800ms else fastest`. Each ranks those models for which its condition holds, and leaves the others to the next; what no preference takes stands behind, in order. A condition is one comparison or several joined by `and`: of `context`, the request's estimated prompt in tokens (one for four bytes of text, 1,000 for an image); `p50` and `p95`, the time to the first token that half, or 95%, of the model's answers keep, as measured (of whole answers for a request that is not streamed; where too little is measured, the condition holds); `in_flight`, the model's calls under way.\n\n" +
      "A model that cannot be asked this request at all is passed over for the next in the ranking. After a failure only those of `fallback` are asked.",
    example: "prefer: cheapest when context < 8ktok and p95 < 800ms else fastest",
  }),
  setting({
    key: "fallback",
    type: { kind: "models" },
    default: [],
    documentation:
      "Which models are asked, one after the other, where the first has failed before its first content; the client notices nothing but time. The one that has failed is not asked again. A model that cannot be asked this request at all (its provider has no word for something in it) is passed over.",
    example: "fallback: [large]",
  }),
  setting({
    key: "on",
    type: {
      kind: "list",
      of: {
        kind: "word",
        words: ["rate", "quota", "overloaded", "timeout", "upstream", "auth", "not_found", "context", "policy"],
      },
      min: 1,
      single: true,
    },
    default: ["rate", "quota", "overloaded", "timeout", "upstream", "auth", "not_found", "context"],
    documentation:
      "After which errors the next model of `fallback` is asked: `rate` (too many requests just now), `quota` (the account's hard limit), `overloaded`, `timeout`, `upstream` (the provider failed, or cannot be reached), `auth` (it does not take the key), `not_found` (it has no such model), `context` (the request is longer than the model takes), `policy` (it refuses what the request says). A request that is wrong in itself is never sent again.",
    example: "on: [rate, overloaded, timeout, upstream]",
  }),
  setting({
    key: "broken",
    type: { kind: "word", words: ["end", "continue"] },
    default: "end",
    documentation:
      "What becomes of a streamed answer that breaks off behind its first content. `end`: the client gets an error in its dialect, and nothing that looks like an end. `continue`: the next model of `fallback` goes on where it stopped, if the error is one of `on`. It is given what was said so far as the beginning of its own answer where its provider goes on behind one (Claude up to 4.5, also on Bedrock; `mistral`, `ollama`, `vllm`), else as a turn of its own with an instruction behind it to continue with the very next character. Half a tool call is never continued: calls, and what comes behind the first of them, reach the client when the answer is whole, so whoever goes on makes them anew. Thoughts and their opaque state go to no other model; one that goes on behind a text is not asked to think, and what it thinks is left out. Its cap is what was left of the client's (told by the provider, or one token for four characters). The usage that the client is told is the sum of what all of them told, and each is paid for. An answer that is to be JSON, a refusal, and one of more than a million characters end as with `end`. The client is told in passing: by `continued: true` in a chunk (OpenAI's Chat, Gemini) or a `ping` (Anthropic), by a comment in OpenAI's Responses; the log has `continuations`.",
    example: "broken: continue",
  }),
  setting({
    key: "saying",
    type: { kind: "string" },
    documentation:
      "With `broken: continue`: a text that the client gets between what two models said; the models do not see it. Left out: none, so the answer reads as one.",
    example: 'saying: " […] "',
  }),
  setting({
    key: "shadow",
    type: { kind: "record", settings: shadowSettings, without: "usual" },
    documentation:
      "Another model that gets copies of a part of the requests, streamed or not, whose answers nobody gets: to see what it would do before it serves anybody. Status, time to the first token, tokens and cost are counted under a name of its own, `shadow mini`, in metrics and in the ledger, beside those of the models that answer. A copy is sent behind the client's request, delays and fails nothing, and goes on when the client has left; one that finds `at_once` others under way, or that its provider cannot be told, is dropped (`vgw_model_skipped_total`). It counts in the budgets of its own model, in none of the choice or the route. Labels, regions and clearance are judged as for any model of the choice. Tests of programs send no copies. Left out: none.",
    example: "shadow: { model: large, share: 5% }",
  }),
  setting({
    key: "hedge",
    type: { kind: "record", settings: modelHedgeSettings, without: "usual" },
    documentation:
      "When another model is asked too, because a streamed answer has no content yet: the next of `choose(…)` in its order, then those of `fallback`. The first content wins; the others' connections are closed, and each is paid for, for a provider that was asked bills what it did: what it has told, and for the rest what was received and what may have been on its way (see `budget`). Budgets reserve for each of them; one that does not fit is not asked. Answers that are not streamed are not hedged, since nothing tells a slow model from a long answer. The log has `by: hedge`, metrics `outcome: outrun` for who lost. Left out: never.",
    example: "hedge: { after: 2s, most: 1, budget: 10% }",
  }),
  setting({
    key: "limit",
    type: { kind: "tokens", min: 1, max: MOST_TOKENS },
    documentation:
      "The most tokens of one answer, whichever model gives it. A request that allows more, or says nothing, is sent with this cap; a model's own `max_output` holds too.",
    example: "limit: 2000tok",
  }),
  ...choiceFitSettings,
  budgetSetting,
  alertsSetting,
  timeZoneSetting,
  costHeadersSetting,
];
