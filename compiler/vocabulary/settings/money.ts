/** Settings about what models cost. */
import { type Setting, setting } from "../setting.ts";

const HOUR = 3_600_000;

/** In a model's `price`. */
export const priceParts: readonly string[] = ["in", "cached", "cache_write", "cache_write_hour", "out", "reasoning"];

/** Milliseconds by the word behind the slash. */
export const budgetPeriods: ReadonlyMap<string, number | "month"> = new Map<string, number | "month">([
  ["min", 60_000],
  ["h", HOUR],
  ["day", 24 * HOUR],
  ["week", 7 * 24 * HOUR],
  ["month", "month"],
]);

export const priceSetting: Setting = setting({
  key: "price",
  type: { kind: "price" },
  documentation:
    "What the provider asks for a million tokens: `in`, `out`, and where they differ `cached` (read from its cache), `cache_write`, `cache_write_hour` (a cache that lives an hour) and `reasoning`; or `free`. Left out: the built-in list price, where there is one for exactly this name at the provider's usual place. A model with a budget needs a price. What is left out costs as much as `in` (`cached`, `cache_write`), `cache_write` (`cache_write_hour`) or `out` (`reasoning`); only for Claude, whose makers ask more for what they cache, `cache_write` is 1.25 times `in` and `cache_write_hour` 1.6 times `cache_write`. Sound has no price of its own, so a request with sound to a model that counts in a budget is refused (400), unless the model is `free`; so are searches and other tools that a provider runs and asks for by the piece. Dearer rates of long prompts are those of the built-in prices: a price that is written here holds for prompts of any length.",
  example: "price: { in: $0.40/Mtok, cached: $0.10/Mtok, out: $1.60/Mtok }",
});

export const budgetSetting: Setting = setting({
  key: "budget",
  type: { kind: "budget" },
  documentation:
    "How much may be spent in one period, in money (`$25/day`) or tokens (`500ktok/day`), over all threads; several in a list must all have enough left. Before each call the most that it can cost is reserved (a token for each byte of the request, the cap of the output, at the dearest rate), afterwards what it did cost is counted, to the last digit.\n\n" +
    "An answer may be cut off: its provider dies or stalls, the client leaves, another model of a `hedge` is faster. What the provider had told by then counts as told (Anthropic tells the input first, Gemini everything with each event, others nothing before the end), and so does the whole where only the end of the stream was missing. Input that was not told counts as it was reserved; output as the larger of what was told and what was received (a token for each byte, 16 for each text or call, 64 for what was on its way), and never beyond what was reserved. The output stays at what was reserved where more may have been written than came: an answer that is not streamed, several at once (`n`), and thoughts that nobody is shown (models of OpenAI's, Azure's and OpenRouter's whose names are not of the kinds that never think, such as `gpt-4.1`; Claude where it thinks or was asked to; Gemini where it told nothing). The same holds for an answer whose provider does not tell its usage. Such sums are marked: `;estimated` in the log and in `model-cost` (`;at-most` where nothing was known), `estimatedCalls` of `/usage`, `estimated` in the metrics.\n\n" +
    "With `by` each value has the whole amount for itself: `$25/day by caller.team`. It is worked out in the route that forwards, from the caller and the request alone, so every route that may come to the model must know it. Values stand in the ledger, in the log and in alerts, so none may carry a label. As many at once as `limits.counters` says are counted; beyond them new ones are refused (503) until periods have ended.\n\n" +
    "A call that does not fit goes to the model or choice behind `then` (`$25/day then local`): the answer says so in `model-degraded`, this budget is not asked again for the request, and all others hold (for embeddings nobody stands in, since another model's vectors mean something else). Without `then` it goes to the next model of `fallback`, or is refused as a quota that is used up (429, in the client's dialect).\n\n" +
    "Periods are those of the calendar in UTC, or in the zone that `time_zone` names (`min`, `h`, `day`, `week` from Monday, `month`); a call counts in the one in which it began. What is spent outlives restarts (the gateway's `ledger`). See also `alerts`, and the step `budget` for routes and policies.",
  example: "budget: $25/day by request.address",
});

export const alertsSetting: Setting = setting({
  key: "alerts",
  type: { kind: "list", of: { kind: "percent" }, min: 0, single: true },
  default: [0.5, 0.8, 1],
  documentation:
    "Parts of each budget, in whole percent, at which the log tells of it (`budget.alert`), once for each period and value of `by`, and the gateway's `alert` is sent. `[]`: never.",
  example: "alerts: [80%, 100%]",
});

export const timeZoneSetting: Setting = setting({
  key: "time_zone",
  type: { kind: "zone" },
  documentation:
    "The zone in whose calendar the periods of the budgets begin, by its name in the IANA database: a `day` at its midnight, with 23 or 25 hours where clocks change, a `week` with its Monday, a `month` with its first. Left out: UTC. `from` and `to` of alerts and of `/usage?by=budget`, `reset` of `model-budget` and the `retry-after` of refusals tell those moments. A budget that gets another zone begins anew, as one with another period does. Gateways that count together (`state`) need the same rules of zones, which come with Node.",
  example: 'time_zone: "Europe/Berlin"',
});

export const costHeadersSetting: Setting = setting({
  key: "cost_headers",
  type: { kind: "bool" },
  default: false,
  documentation:
    "Whether answers say what they cost, where this is what the route forwards to: `model-cost` (`0.000123 USD`, to the last digit as in the ledger; with `;estimated` or `;at-most` where the provider did not tell all of it), `model-tokens` (`in=310, out=25`) and `model-budget` (what each budget of the call has left, and in how many seconds it begins anew). A streamed answer has sent its head by then: before its end stands a comment, `: model-cost: 0.000123 USD`, which clients of events read over; in Gemini's dialect, whose clients do not, there is none. The log has it always (`cost`), and `GET /usage` of the admin listener. Every model that may be asked needs a price.",
  example: "cost_headers: true",
});

/** Of a `budget` step. */
export const budgetStepSettings: readonly Setting[] = [
  setting({
    key: "name",
    type: { kind: "string" },
    documentation:
      "Budgets of the same name, unit, period (with its `time_zone`) and `by` count together, wherever they stand. It must not be what another budget is called by where it stands (a model's by the model's name). Without it: all routes of a policy together, and each budget of a route by itself.",
    example: 'name: "trial"',
  }),
  alertsSetting,
  timeZoneSetting,
];

export const ledgerSetting: Setting = setting({
  key: "ledger",
  type: { kind: "string" },
  default: "ledger",
  environment: true,
  documentation:
    "The folder in which what calls to models cost is kept for 90 days. Every call is written down before it is sent and when it is settled, and handed to the operating system at once, so a killed gateway loses nothing (a power cut may lose the last calls); a call under way then counts at its worst case. From there calls are added up in SQLite, exactly, by the minute in which they began (by the hour after two days), route, model, caller and how their cost is known. Only one process can have the folder open. It begins in the folder where the gateway is started, or in `--files FOLDER`. A program without budgets writes nothing. `GET /usage?by=model` of the admin listener tells what stands in it: `by` says by what (model, upstream, route, caller, hour, day, month or all, up to three with commas between; or budget, for what is spent of those whose period is not over), `model=`, `upstream=`, `route=`, `caller=` (and `budget=`) keep only those, `from=`, `to=` are dates or times in UTC, and `format=csv` gives a table instead of JSON. A caller is what the first budget of the call counts by. Amounts are decimal digits, to the last one.",
  example: 'ledger: "/var/lib/vgw/ledger"',
});

export const alertSettings: readonly Setting[] = [
  setting({
    key: "post",
    type: { kind: "url" },
    required: true,
    environment: true,
    documentation: "Where alerts are posted: an http or https URL. Redirects are not followed.",
    example: 'post: env("ALERT_URL", url)',
  }),
  setting({
    key: "token",
    type: { kind: "secret" },
    documentation: "Sent as `authorization: Bearer …`. Left out: nothing is.",
    example: 'token: secret("ALERT_TOKEN")',
  }),
];

export const alertSetting: Setting = setting({
  key: "alert",
  type: {
    kind: "record",
    settings: alertSettings,
    without: "usual",
  },
  documentation:
    'Whom to tell when a part of a budget is spent (`alerts` of models, choices and `budget` steps): each alert is posted as JSON, once for each period and value of `by`, beside all requests. What is not taken (any answer but 2xx) is sent again after 1 s, 2 s, 4 s … 10 min, for a day, also after a restart; so it may come twice. What was crossed and not told before a process died is found in the ledger at the next start and told then, also of periods that ended within ten minutes before it; only where `state` counts budgets on several machines may an alert of a process that dies within milliseconds of it be lost (its line of the log too). The body:\n\n`{"type": "budget.alert", "text": "80% of the budget …", "gateway": "edge", "budget": "assistant by caller.team", "key": "sales", "percent": 80, "spent": "20.000012", "limit": "25", "unit": "USD", "from": "2026-03-01T00:00:00.000Z", "to": "2026-03-02T00:00:00.000Z", "at": "2026-03-01T14:12:09.120Z"}`\n\nAmounts are decimal digits, to the last one; `unit` is a currency or `tok`. A change of it needs a restart.',
  example: 'alert: { post: env("ALERT_URL", url), token: secret("ALERT_TOKEN") }',
});
