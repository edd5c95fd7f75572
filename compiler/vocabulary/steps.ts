/** Every step: what it is called, how it is written, where it may stand. The checker asks this table, the reference prints it. */

import { operations } from "./operations.ts";

/** Where steps run: in a route before an answer, in a policy, or in `forward`'s block when the upstream's head has arrived. */
export type StepPlace = "route" | "policy" | "answer";

export interface StepEntry {
  /** The kind of the syntax node. */
  readonly kind: string;
  readonly word: string;
  readonly syntax: string;
  readonly documentation: string;
  readonly example: string;
  readonly since: string;
  readonly places: readonly StepPlace[];
  /** Whether the request is over after it (unless a `when` guards it). */
  readonly ends: boolean;
}

const everywhere: readonly StepPlace[] = ["route", "policy", "answer"];

export const steps: readonly StepEntry[] = [
  {
    kind: "let",
    word: "let",
    syntax: "let name = value",
    documentation:
      "Names a value. Neighbouring `let`s whose calls don't need each other start together. A value that can fail or be absent needs `else`.",
    example: 'let customer = customers.get("/{id}") as Customer else deny 502 "Customers are away."',
    since: "0.1",
    places: everywhere,
    ends: false,
  },
  {
    kind: "read",
    word: "read",
    syntax:
      'read name: Type · read query name: Type = default · read header name: Type from "x-name" · read cookie name: Type',
    documentation:
      "The only door for input: reads and validates the body, or one query parameter, header field or cookie. Input that does not fit is answered with 400, 413 or 415, unless `else` says otherwise. `form(T)` takes a form, `text` and `bytes` take the body as it is.",
    example: "read order: Order",
    since: "0.1",
    places: ["route", "policy"],
    ends: false,
  },
  {
    kind: "require",
    word: "require",
    syntax: "require condition · require condition else step",
    documentation: "Goes on only where the condition holds; else answers 403, or what `else` says.",
    example: 'require request.header("x-key") == secret("KEY") else deny 401 "Who are you?"',
    since: "0.1",
    places: everywhere,
    ends: false,
  },
  {
    kind: "limit",
    word: "limit",
    syntax: "limit rate · limit rate by value · limit rate by value { settings } else step",
    documentation:
      "Admits so many requests in a time, for each value of `by` (without it: for all requests together); further ones get 429 with `Retry-After`, or what `else` says. " +
      "The count is exact over all threads of a gateway (GCRA): up to `burst` at once, then the rate; a refused request counts nothing. " +
      "Several gateways beside each other admit that much each, also where they have a `state`, unless the limit is `shared`. A limit of a policy counts all routes together that use the policy, each limit of a route its own, " +
      "and limits with the same `name` together; another rate or burst counts apart, and an unchanged limit counts on when a new program is swapped in. " +
      "Answers carry `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers).",
    example: "limit 60/min by request.address { burst: 10 }",
    since: "0.1",
    places: ["route", "policy"],
    ends: false,
  },
  {
    kind: "concurrency",
    word: "limit … concurrent",
    syntax:
      "limit count concurrent · limit count concurrent by value · limit count concurrent by value { settings } else step",
    documentation:
      "Lets so many requests at a time go on from here, for each value of `by` (without it: all together), until their answers are complete, they fail or their clients go away. " +
      "Others wait their turn, where there is a `queue`, or are refused: with 429 where `by` tells callers apart, with 503 where it is the gateway that is busy, with `Retry-After`, or what `else` says. " +
      "The count is exact over all threads of a gateway; several gateways beside each other let in that many each, unless the limit is `shared`. A request counts once, however often it passes the same limit. " +
      "A limit of a policy counts all routes together that use the policy, each limit of a route its own, and limits with the same `name` together; counts go on when a new program is swapped in. " +
      "To bound what a service is asked at a time, whichever route asks, give the limits before it one `name`.",
    example: "limit 100 concurrent by request.address { queue: 50, wait: 2s }",
    since: "0.1",
    places: ["route", "policy"],
    ends: false,
  },
  {
    kind: "budget",
    word: "budget",
    syntax: "budget amount · budget amount by value · budget amount by value then model { settings }",
    documentation:
      "What models may cost in a period, in money (`$5/day`) or tokens (`1Mtok/day`), for each value of `by`, whichever model the route asks from here on; beside the budgets of the models themselves, all of which must have enough left. " +
      "A call that does not fit goes to the model or choice behind `then`, or is refused in the client's dialect (429). What is reserved and counted, and for how long, is as in a model's setting `budget`. " +
      "A budget of a policy counts all routes together that use the policy, each budget of a route its own, and those with the same `name` together. Everything that a route under a budget may ask needs a price and a cap of its output.",
    example: "budget $5/day by request.address",
    since: "0.1",
    places: ["route", "policy"],
    ends: false,
  },
  {
    kind: "identify",
    word: "identify",
    syntax: "identify identity · identify one or other · identify all(one, other) · identify … else step",
    documentation:
      'Recognises the caller, whose claims are `caller` from here on. Whoever is not recognised gets 401 with a challenge for each identity that would do (503 while the issuer\'s keys have never been had), or what `else` says. Once in a request; in an `open` route only inside an `if`.\n\nWith `or` the caller is one of several: `caller` has the claims that all of them have, and `match caller { staff => caller.team, partner => caller.company }` tells them apart. A request is judged by one credential: the first, in the order written, that it carries. A credential that is refused is not made good by another one, and what the request carries besides the judged one is not looked at. Identities that read the same field or cookie (two issuers of bearer tokens) are asked one after the other about what stands there. The same `id` may mean one caller of each identity: count and cache by both, as in `limit 60/min by match caller { staff => "staff {caller.id}", partner => "partner {caller.id}" }`.\n\nWith `all` the caller must be known to each of them by its own credential, and `caller.staff` and `caller.device` hold the claims of each; the 401 asks for those that are missing or wrong. Tests send such callers with `send GET "/" as staff(id: "u1") and device(id: "d1")`.',
    example: "identify staff",
    since: "0.1",
    places: ["route", "policy"],
    ends: false,
  },
  {
    kind: "forward",
    word: "forward",
    syntax:
      "forward service · forward service { settings; steps } · forward service else step · forward model as dialect · forward model as dialect else step",
    documentation:
      "Sends the request to a service and its answer to the client, streaming both ways. The steps in its block run when the answer's head has arrived. Where no answer comes the client gets 502, 503 or 504, or what `else` says.\n\n" +
      "To a `model`, `as` says what its clients speak: `openai.chat` (Chat Completions), `openai.responses`, `anthropic.messages`, `gemini` (`generateContent` and its stream). " +
      "The request is read as one in that dialect, and answered in it, also where something goes wrong; `else` takes every failure before the first content: a request that is not one of the dialect (kind `invalid`), a provider that cannot be reached (`connect`, `protocol`), is slow (`timeout`), overloaded (`overload`) or gives an error (`status`). " +
      "What `set request.…` put on the request is not sent to a model: its provider gets what the dialect says, and nothing else of the client.\n\n" +
      `What is no conversation is asked for in the same way, of providers that have it: ${operations.map(({ word, documentation }) => `\`${word}\` (${documentation.replace(/\.$/, "")})`).join(", ")}. ` +
      "Vectors come as numbers or as base64, as the client asks, whatever the provider sends; more texts than a provider takes at a time are asked for in pieces (at most 64), and `input_type` (`search_query`, `search_document`, `classification`, `clustering`) says what they are for. " +
      "They count in budgets by their input, whose price needs an `out: $0/Mtok` beside it; counting tokens is free. Where a budget with `then` is used up nobody stands in, and a `fallback` should be the same model at another provider: vectors of two models cannot be compared. A provider that has no such thing is an error of the compiler, since an estimate of tokens would be taken for a count.\n\n" +
      "Where client and provider speak the same dialect, the request, the answer and the events of a stream go on as the bytes they are, but for the model's name, caps, and usage that the gateway alone asked for. They are written anew where they could mean something else: a name that stands twice in an object or is written with escapes, state of another provider's thoughts, instructions of the program, or a choice whose streams may be gone on with (`broken`).",
    example: 'forward orders { remove response.header("server") }',
    since: "0.1",
    places: ["route"],
    ends: true,
  },
  {
    kind: "reply",
    word: "reply",
    syntax: "reply · reply status · reply value · reply status value",
    documentation:
      "Answers the request. A string is sent as text, bytes as they are, anything else as JSON; `text(…)`, `html(…)`, `file(…)` and `redirect(…)` say more.",
    example: "reply 201 { id: order.id }",
    since: "0.1",
    places: everywhere,
    ends: true,
  },
  {
    kind: "list-models",
    word: "reply models",
    syntax: "reply models(model, model when condition) as form",
    documentation:
      "Answers a client that asks which models there are, in the form that it knows: `openai.models`, `anthropic.models` or `gemini.models`. Models and choices are listed under the names that the program gives them. " +
      "On a route whose path ends with a parameter (`/v1/models/{name}`) it answers with the one of that name, or the dialect's own 404. " +
      'Limits, identities and guards hold for it as for any step, and each model may have a condition of its own, so that callers are shown what they may use: `reply models(mini, large when caller.plan == "paid") as openai.models`. What is not shown is not there either when it is asked for by name. ' +
      'Clients of OpenAI and of Anthropic ask at the same path: a guard tells them apart (`when (request.header("anthropic-version") else "") != ""`).',
    example: "reply models(mini, large) as openai.models",
    since: "0.1",
    places: ["route"],
    ends: true,
  },
  {
    kind: "deny",
    word: "deny",
    syntax: 'deny · deny status · deny status "detail"',
    documentation:
      "Answers with a problem document (RFC 9457), and where the route asks for models, with an error in the words of its clients. Without a status: 403.",
    example: 'deny 403 "Not now."',
    since: "0.1",
    places: everywhere,
    ends: true,
  },
  {
    kind: "set",
    word: "set",
    syntax: "set place = value",
    documentation:
      'Changes what goes out: `request` places change what is forwarded, `response` places whatever answer leaves. A cookie takes attributes: `set response.cookie("sid") = id { secure: true, age: 8h }`.',
    example: 'set response.header("cache-control") = "no-store"',
    since: "0.1",
    places: everywhere,
    ends: false,
  },
  {
    kind: "remove",
    word: "remove",
    syntax: "remove place",
    documentation: "Takes a header field, query parameter or cookie away from what goes out.",
    example: 'remove response.header("server")',
    since: "0.1",
    places: everywhere,
    ends: false,
  },
  {
    kind: "rewrite",
    word: "rewrite",
    syntax: "rewrite path",
    documentation: "Replaces the path that is forwarded.",
    example: 'rewrite "/v2/orders/{id}"',
    since: "0.1",
    places: ["route", "policy"],
    ends: false,
  },
  {
    kind: "log",
    word: "log",
    syntax: "log value · log warn value",
    documentation:
      "Writes a line to the log, at level `debug`, `info` (the default), `warn` or `error`. It never waits.",
    example: 'log warn { event: "late", id: id }',
    since: "0.1",
    places: everywhere,
    ends: false,
  },
  {
    kind: "if",
    word: "if",
    syntax: "if condition { steps } else if condition { steps } else { steps }",
    documentation: "Runs one block of steps or another.",
    example: 'if request.scheme == "https" { forward shop } else { deny 403 }',
    since: "0.1",
    places: everywhere,
    ends: false,
  },
  {
    kind: "expression-step",
    word: "call",
    syntax: "service.post(path, body: value) else ignore",
    documentation: "A call for its effect; its answer is not used.",
    example: 'audit.post("/events", body: { id: id }) else ignore',
    since: "0.1",
    places: everywhere,
    ends: false,
  },
];

export const stepOf: ReadonlyMap<string, StepEntry> = new Map(steps.map((entry) => [entry.kind, entry]));
