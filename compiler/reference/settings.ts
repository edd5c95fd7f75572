/** A page per setting, grouped by what it belongs to. */
import {
  adminSettings,
  alertSettings,
  apiKeySettings,
  breakerSettings,
  budgetStepSettings,
  callSettings,
  concurrencySettings,
  cookieSettings,
  ejectSettings,
  endpointSettings,
  forwardModelSettings,
  forwardSettings,
  gatewaySettings,
  httpSettings,
  httpsSettings,
  healthSettings,
  hedgeSettings,
  modelHedgeSettings,
  shadowSettings,
  jwtSettings,
  choiceSettings,
  modelKeySettings,
  modelSettings,
  preferenceWords,
  providers,
  limitSettings,
  type ListenerForm,
  listenerSettings,
  rateLimitSettings,
  retrySettings,
  routeSettings,
  type Setting,
  type SettingType,
  sendSettings,
  serviceSettings,
  stateSettings,
  tlsSettings,
  tracesSettings,
  webSocketSettings,
} from "../vocabulary/index.ts";
import { code, page, program, type ReferencePage, table } from "./markdown.ts";

const groups: readonly { readonly name: string; readonly of: string; readonly settings: readonly Setting[] }[] = [
  { name: "gateway", of: "a `gateway`", settings: gatewaySettings },
  { name: "gateway.limits", of: "a gateway's `limits`", settings: limitSettings },
  {
    name: "gateway.listen",
    of: "a listener, `http(…)` or `https(…)`, in a gateway's `listen`",
    settings: listenerSettings,
  },
  { name: "gateway.listen.http", of: "a listener in clear text, `http(…)`", settings: httpSettings },
  { name: "gateway.listen.https", of: "a TLS listener, `https(…)`", settings: httpsSettings },
  { name: "gateway.admin", of: "the admin listener, `http(…)`", settings: adminSettings },
  { name: "gateway.state", of: "a gateway's `state: redis(…)`", settings: stateSettings },
  { name: "gateway.alert", of: "a gateway's `alert`", settings: alertSettings },
  { name: "gateway.traces", of: "a gateway's `traces: otlp(…)`", settings: tracesSettings },
  { name: "service", of: "a `service`", settings: serviceSettings },
  { name: "service.tls", of: "a service's `tls`", settings: tlsSettings },
  { name: "service.eject", of: "a service's `eject`", settings: ejectSettings },
  { name: "service.health", of: "a service's `health`", settings: healthSettings },
  { name: "service.breaker", of: "a service's `breaker`", settings: breakerSettings },
  { name: "service.retry", of: "a service's `retry`", settings: retrySettings },
  { name: "service.hedge", of: "a service's `hedge`", settings: hedgeSettings },
  { name: "service.url", of: "an endpoint in a service's `url`", settings: endpointSettings },
  { name: "identity.jwt", of: "an `identity … = jwt`", settings: jwtSettings },
  { name: "identity.api_key", of: "an `identity … = api_key`", settings: apiKeySettings },
  { name: "model", of: "a `model`", settings: modelSettings },
  { name: "model.key", of: "one of several keys of a `model`", settings: modelKeySettings },
  { name: "model.choose", of: "a choice of models, `model … = choose(…)`", settings: choiceSettings },
  { name: "model.choose.shadow", of: "a choice's `shadow`", settings: shadowSettings },
  { name: "model.choose.hedge", of: "a choice's `hedge`", settings: modelHedgeSettings },
  ...providers.map(({ word, settings }) => ({
    name: `model.provider.${word}`,
    of: `a model's \`provider: ${word}(…)\``,
    settings,
  })),
  { name: "route", of: "a `route`", settings: routeSettings },
  { name: "forward", of: "a `forward` step", settings: forwardSettings },
  { name: "forward.model", of: "a `forward` to a model", settings: forwardModelSettings },
  { name: "forward.websocket", of: "a forward's `websocket`", settings: webSocketSettings },
  { name: "limit", of: "a `limit` step", settings: rateLimitSettings },
  { name: "budget", of: "a `budget` step", settings: budgetStepSettings },
  { name: "concurrency", of: "a `limit … concurrent` step", settings: concurrencySettings },
  { name: "call", of: "a service call, `orders.get(path, …)`", settings: callSettings },
  { name: "cookie", of: "a cookie that is set", settings: cookieSettings },
  { name: "send", of: "a test's `send`", settings: sendSettings },
];

export function settingPages(): readonly ReferencePage[] {
  return groups.flatMap(({ name, of, settings }) =>
    settings.map((setting) =>
      page(`settings/${name}.${setting.key}.md`, `${name}.${setting.key}`, [
        setting.documentation,
        `A setting of ${of}. ${described(setting)}`,
        program(setting.example),
        `Since ${setting.since}.`,
      ]),
    ),
  );
}

/** What stands in the table of a page below `docs/reference/`: each setting with the beginning of its documentation. */
export function settingTable(name: string): string {
  const group = groups.find((one) => one.name === name);
  if (group === undefined || group.settings.length === 0) return "";
  const rows = group.settings.map((setting) => [
    `[${setting.key}](../settings/${name}.${setting.key}.md)`,
    setting.required ? "required" : setting.default === null ? "" : code(defaultText(setting)),
    firstSentence(setting.documentation),
  ]);
  return `Settings of ${group.of}:\n\n${table(["setting", "default", "what it says"], rows)}`;
}

/** Up to the first full stop behind which a sentence begins. */
function firstSentence(text: string): string {
  const [paragraph = ""] = text.split("\n");
  return /^.*?[.:](?= [A-Z`]|$)/.exec(paragraph)?.[0].replace(/:$/, ".") ?? paragraph;
}

function described(setting: Setting): string {
  const parts = [`Value: ${typeText(setting.type)}.`];
  if (setting.required) parts.push("Required.");
  else if (setting.default !== null) parts.push(`Default: ${code(defaultText(setting))}.`);
  if (setting.environment) parts.push(`May be ${code("env(…)")}: it is then read and checked when the gateway starts.`);
  return parts.join(" ");
}

function typeText(type: SettingType): string {
  switch (type.kind) {
    case "int":
      return `a whole number from ${type.min} to ${type.max}`;
    case "duration":
      return `a duration from ${amount(type.min, DURATIONS)} to ${amount(type.max, DURATIONS)}`;
    case "size":
      return `a size from ${amount(type.min, SIZES)} to ${amount(type.max, SIZES)}`;
    case "word":
      return `one of ${[...type.words, ...(type.computed === undefined ? [] : [`${type.computed}(…)`])].map(code).join(", ")}`;
    case "either":
      return type.of.map(typeText).join(" or ");
    case "list":
      return `a list of: ${typeText(type.of)}${type.single ? " (one may stand without brackets)" : ""}`;
    case "record":
      return `a record of ${type.settings.map(({ key }) => code(key)).join(", ")}${type.without ? ", or `none`" : ""}`;
    case "span":
      return `two durations from ${amount(type.min, DURATIONS)} to ${amount(type.max, DURATIONS)}, as in ${code("25ms..250ms")}`;
    case "listener":
      return type.forms.map(formText).join(" or ");
    case "certificate":
      return [...(type.folder ? ['dir("…")'] : []), 'certificate("…", key: "…")'].map(code).join(" or ");
    case "file":
      return code('file("…")');
    case "hostname":
      return "a DNS name";
    case "zone":
      return "the name of a time zone of the IANA database";
    case "labels":
      return `a label's name, or a list of them${type.none ? ", or `none`" : ""}`;
    case "keys":
      return type.forms.map((form) => code(form === "jwks" ? 'jwks("https://…")' : 'file("…")')).join(" or ");
    case "tokens":
      return `tokens from ${type.min}tok to ${type.max / 1_000_000}Mtok, as in ${code("2000tok")} or ${code("8ktok")}`;
    case "provider":
      return providers.map(({ example }) => code(example)).join(" or ");
    case "models":
      return "a model's name, or a list of them";
    case "preference":
      return `one of ${[...preferenceWords, "weights(name: number, …)"].map(code).join(", ")}; several with conditions as in ${code("cheapest when p95 < 800ms else fastest")}`;
    case "model-keys":
      return `${code('secret("NAME")')}, or a list of: ${code('secret("NAME")')} or ${code('{ secret: secret("NAME"), limit: 60/min, tokens: 200ktok/min }')}`;
    case "token-rate":
      return `tokens for a time, as in ${code("200ktok/min")}`;
    case "rate":
      return `a rate, as in ${code("60/min")}`;
    case "regions":
      return type.several ? "a word, or a list of them" : "a word";
    case "date":
      return `a date, as in ${code("2026-12-01")}, or ${code("never")}`;
    case "aliases":
      return `a record of models, as in ${code('{ "gpt-4o": mini, "claude-*": large }')}`;
    case "price":
      return `${code("free")}, or prices for a million tokens as in ${code("{ in: $0.40/Mtok, out: $1.60/Mtok }")}`;
    case "budget":
      return `an amount for a period, as in ${code("$25/day")} or ${code("500ktok/day")}`;
    case "state":
      return `${code('redis(secret("NAME"))')} with ${type.settings.map(({ key }) => code(key)).join(", ")}`;
    case "traces":
      return `${code('otlp("http://HOST:PORT")')} with ${type.settings.map(({ key }) => code(key)).join(", ")}; the URL may be ${code('env("NAME", url)')} or ${code('secret("NAME")')}`;
    case "fields":
      return `a record of header fields, as in ${code('{ authorization: secret("NAME") }')}`;
    case "secret":
      return code('secret("NAME")');
    case "expression":
      return `an expression of type ${code(type.type)}`;
    case "entries":
      return `a record whose values are ${code(type.of)}`;
    default:
      return `a ${type.kind}`;
  }
}

function formText({ word, settings }: ListenerForm): string {
  const keys = settings.map(({ key }) => code(key)).join(", ");
  return code(`${word}("address:port")`) + (keys === "" ? "" : ` with ${keys}`);
}

const DURATIONS: readonly (readonly [number, string])[] = [
  [86_400_000, "day"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
  [1, "ms"],
];
const SIZES: readonly (readonly [number, string])[] = [
  [1e12, "TB"],
  [1e9, "GB"],
  [1e6, "MB"],
  [1000, "KB"],
  [1, "B"],
];

/** In the largest unit that leaves a whole number. */
function amount(value: number, units: readonly (readonly [number, string])[]): string {
  const [factor, name] = units.find(([size]) => value !== 0 && value % size === 0) ?? units[units.length - 1]!;
  return `${value / factor}${name}`;
}

function defaultText(setting: Setting): string {
  const { type, default: value } = setting;
  if (type.kind === "duration" && typeof value === "number") return amount(value, DURATIONS);
  if (type.kind === "percent" && typeof value === "number") return `${value * 100}%`;
  if (type.kind === "list" && Array.isArray(value))
    return `[${value.map((item) => defaultText({ ...setting, type: type.of, default: item })).join(", ")}]`;
  if (Array.isArray(value)) return `[${value.join(", ")}]`;
  if (type.kind === "span" && typeof value === "object" && value !== null && "from" in value && "to" in value)
    return `${amount(Number(value.from), DURATIONS)}..${amount(Number(value.to), DURATIONS)}`;
  if (type.kind === "size" && typeof value === "number") return amount(value, SIZES);
  return typeof value === "string" ? value : JSON.stringify(value);
}
