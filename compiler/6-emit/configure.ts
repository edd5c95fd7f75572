/** `configure` and `load`: what the host asks of the bundle, as plain objects. */
import { numberLiteral, stringLiteral } from "./literal.ts";
import type { StaticValue } from "../3-types/checked.ts";
import type { PreferenceRule } from "../../runtime/model/configuration.ts";
import { countsCalls, sharesLimits } from "../5-plan/counts.ts";
import type { EnvironmentPlan, Origin, Plan, Step } from "../5-plan/plan.ts";
import { units } from "../vocabulary/index.ts";
import type { Emission } from "./emission.ts";
import { propertyAccess, propertyKey } from "./names.ts";
import { listenTls, serviceTls } from "./tls.ts";
import { innerSteps } from "./walk.ts";
import type { SourceWriter } from "./writer.ts";

/** Milliseconds for which calls are kept. */
const LEDGER_KEEP = 90 * 86_400_000;

type Settings = { readonly [key: string]: StaticValue };

export function emitConfigure(emission: Emission, writer: SourceWriter): void {
  const { plan } = emission;
  const result = emission.useType("Configuration");
  const variables = plan.environment.length > 0;
  const parameter = variables ? `given: ${emission.useType("Environment")}` : "";
  writer.line("/** What the host must provide: listeners, services, limits. */");
  writer.block(`export function configure(${parameter}): ${result}`, () => {
    if (variables) {
      writer.line("const problems: string[] = [];");
      writer.line("const environment = {");
      writer.indented(() => {
        for (const entry of plan.environment)
          writer.line(`${propertyKey(entry.variable)}: ${variableText(emission, entry)},`);
      });
      writer.line("};");
      writer.line(`if (problems.length > 0) throw ${emission.use("environmentError")}(problems);`);
    }
    writer.line("return {");
    writer.indented(() => {
      emitGateway(writer, plan);
      writer.line("services: [");
      writer.indented(() => {
        for (const service of plan.services) {
          writer.within(service.origin, () => emitService(writer, service.name, service.settings));
        }
      });
      writer.line("],");
      const webSockets = largestMessage(plan.routes.map(({ steps }) => steps));
      if (webSockets > 0) writer.line(`webSockets: ${numberLiteral(webSockets)},`);
      emitIdentities(writer, plan);
      emitModels(writer, plan);
      writer.line(variables ? "environment," : "environment: {},");
    });
    writer.line("};");
  });
}

/** Of the WebSockets that steps let through, in bytes; 0: they let none through. */
function largestMessage(lists: readonly (readonly Step[])[]): number {
  const sizes = lists.flat().map((step) => {
    const own = step.step === "forward" && step.webSocket !== null ? step.webSocket.message : 0;
    return Math.max(own, largestMessage(innerSteps(step)));
  });
  return Math.max(0, ...sizes);
}

function emitIdentities(writer: SourceWriter, plan: Plan): void {
  if (plan.identities.length === 0) return;
  writer.line("identities: [");
  writer.indented(() => {
    for (const { origin, configuration } of plan.identities) {
      writer.within(origin, () => {
        writer.line("{");
        writer.indented(() => {
          for (const [key, value] of Object.entries(configuration))
            writer.line(`${propertyKey(key)}: ${settingText(value, null)},`);
        });
        writer.line("},");
      });
    }
  });
  writer.line("],");
}

function emitModels(writer: SourceWriter, { models, pools, budgets, gateway }: Plan): void {
  const list = (name: string, entries: readonly { readonly origin: Origin; readonly members: Settings }[]): void => {
    if (entries.length === 0) return;
    writer.line(`${name}: [`);
    writer.indented(() => {
      for (const { origin, members } of entries) {
        writer.within(origin, () => {
          writer.line("{");
          writer.indented(() => {
            for (const [key, value] of Object.entries(members))
              writer.line(`${propertyKey(key)}: ${settingText(value, null)},`);
          });
          writer.line("},");
        });
      }
    });
    writer.line("],");
  };
  list(
    "models",
    models.map(({ origin, configuration }) => ({ origin, members: configuration })),
  );
  list(
    "pools",
    pools.map(({ origin, prefer, ...members }) => ({ origin, members: { ...members, prefer: prefer.map(ruleValue) } })),
  );
  // What is spent of them is looked at when a gateway starts that tells of it.
  if ((gateway.settings.alert ?? null) !== null)
    list(
      "budgets",
      budgets.map(({ origin, configuration }) => ({ origin, members: { ...configuration } })),
    );
}

function ruleValue({ by, weights, ranked, when }: PreferenceRule): StaticValue {
  const conditions = when.map(({ of, operator, value }) => ({ of, operator, value }));
  return { by, ...(weights && { weights }), ...(ranked && { ranked }), when: conditions };
}

/** The TypeScript type of the environment's values. */
export function environmentType(emission: Emission): string {
  const fields = emission.plan.environment.map(
    (entry) => `readonly ${propertyKey(entry.variable)}: ${valueType(entry)};`,
  );
  return `{ ${fields.join(" ")} }`;
}

function valueType(entry: EnvironmentPlan): string {
  if (entry.type === "bool") return "boolean";
  return entry.type === "string" || entry.type === "url" ? "string" : "number";
}

const PARSERS: { readonly [type in EnvironmentPlan["type"]]: string | null } = {
  string: null,
  int: "intFromText",
  float: "floatFromText",
  bool: "boolFromText",
  url: "urlFromText",
  duration: null,
  size: null,
};

function variableText(emission: Emission, entry: EnvironmentPlan): string {
  const name = PARSERS[entry.type];
  let parse = name === null ? "(text) => text" : emission.use(name);
  if (entry.type === "duration" || entry.type === "size") {
    const table = emission.declared(`units ${entry.type}`, `${entry.type}Units`, (constant) => {
      const known = [...units.values()].filter((unit) => unit.type === entry.type);
      const factors = known.map((unit) => `${propertyKey(unit.name)}: ${unit.times / unit.over}`);
      return `const ${constant} = { ${factors.join(", ")} };`;
    });
    parse = `(text) => ${emission.use("withUnit")}(text, ${table}, ${entry.type === "size"})`;
  }
  const spare = JSON.stringify(entry.default);
  const call = `${emission.use("variable")}<${valueType(entry)}>`;
  return `${call}(given, ${JSON.stringify(entry.variable)}, "${entry.type}", ${parse}, ${spare}, problems)`;
}

/** A setting as an expression: read from the environment, or known. */
function settingText(value: StaticValue | undefined, spare: StaticValue): string {
  const given = value === undefined ? spare : value;
  if (Array.isArray(given)) return `[${given.map((item: StaticValue) => settingText(item, null)).join(", ")}]`;
  if (typeof given === "object" && given !== null && "kind" in given && given.kind === "env") {
    return `environment${propertyAccess(String(given.variable))}`;
  }
  if (typeof given === "object" && given !== null) {
    const members = Object.entries(given).map(([key, item]) => `${propertyKey(key)}: ${settingText(item, null)}`);
    return `{ ${members.join(", ")} }`;
  }
  return typeof given === "number"
    ? numberLiteral(given)
    : typeof given === "string"
      ? stringLiteral(given)
      : JSON.stringify(given);
}

function record(value: StaticValue | undefined): Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Settings) : {};
}

const FORWARDED: { readonly [word: string]: string } = {
  x_forwarded: "x-forwarded",
  forwarded: "forwarded",
  both: "both",
  none: "none",
};

function emitGateway(writer: SourceWriter, plan: Plan): void {
  const { name, settings } = plan.gateway;
  const ledger = countsCalls(plan);
  const limits = record(settings.limits);
  const admin = settings.admin === undefined || settings.admin === null ? null : record(settings.admin);
  const listen = Array.isArray(settings.listen)
    ? settings.listen
    : [{ address: "127.0.0.1", port: 8080, transport: "fast" }];
  writer.line("gateway: {");
  writer.indented(() => {
    writer.line(`name: ${JSON.stringify(name)},`);
    writer.line("listen: [");
    writer.indented(() => {
      for (const listener of listen) writer.line(`${listenerText(record(listener))},`);
    });
    writer.line("],");
    if (admin === null) writer.line("admin: null,");
    else {
      const place = `address: ${settingText(admin.address, "127.0.0.1")}, port: ${settingText(admin.port, 9901)}`;
      writer.line(`admin: { ${place}, token: ${settingText(admin.token, null)} },`);
    }
    writer.line(`threads: ${settingText(settings.threads, null)},`);
    writer.line("limits: {");
    writer.indented(() => {
      writer.line(`body: ${settingText(limits.body, 1_000_000)},`);
      writer.line(`headers: ${settingText(limits.headers, 16_000)},`);
      writer.line(`idle: ${settingText(limits.idle, 60_000)},`);
      writer.line(`head: ${settingText(limits.head, 10_000)},`);
      writer.line(`connections: ${settingText(limits.connections, null)},`);
      writer.line(`counters: ${settingText(limits.counters, 65_536)},`);
    });
    writer.line("},");
    writer.line(`forwarded: ${JSON.stringify(FORWARDED[String(settings.forwarded ?? "both")] ?? "both")},`);
    writer.line(`trustedProxies: ${settingText(settings.trusted_proxies, [])},`);
    writer.line(`via: ${settingText(settings.via, "vgw")},`);
    writer.line(`drain: ${settingText(settings.drain, 30_000)},`);
    writer.line(`accessLog: ${settingText(settings.access_log, true)},`);
    if (settings.traces !== undefined && settings.traces !== null) writer.line(tracesText(settings.traces));
    if (ledger)
      writer.line(
        `ledger: { folder: ${settingText(settings.ledger, "ledger")}, keep: ${numberLiteral(LEDGER_KEEP)} },`,
      );
    if (settings.state !== undefined && settings.state !== null) writer.line(stateText(settings.state, name));
    if (sharesLimits(plan)) writer.line("sharedLimits: true,");
    if (ledger && settings.alert !== undefined && settings.alert !== null) {
      const { post, token } = record(settings.alert);
      writer.line(`alert: { url: ${settingText(post, null)}, token: ${settingText(token, null)} },`);
    }
  });
  writer.line("},");
}

function stateText(state: StaticValue, gateway: string): string {
  const { url, when_away, timeout, name, sentinel, ca } = record(state);
  const more = Object.entries({ sentinel, ca }).flatMap(([key, value]) =>
    value === undefined || value === null ? [] : [`, ${key}: ${settingText(value, null)}`],
  );
  const rest = `timeout: ${settingText(timeout, 500)}, name: ${settingText(name ?? gateway, null)}${more.join("")}`;
  return `state: { url: ${settingText(url, null)}, whenAway: ${settingText(when_away, "refuse")}, ${rest} },`;
}

function tracesText(traces: StaticValue): string {
  const { url, sample, headers } = record(traces);
  const rest = `sample: ${settingText(sample, 1)}, headers: ${settingText(headers, [])}`;
  return `traces: { url: ${settingText(url, null)}, ${rest} },`;
}

function listenerText(listener: Settings): string {
  const place = `address: ${settingText(listener.address, "127.0.0.1")}, port: ${settingText(listener.port, 8080)}`;
  const tls = listenTls(listener);
  const secure = tls === null ? "" : `, tls: ${settingText(tls, null)}`;
  const redirect =
    listener.redirect === undefined || listener.redirect === null
      ? ""
      : `, redirect: ${settingText(listener.redirect, null)}`;
  return `{ ${place}, transport: ${JSON.stringify(listener.transport ?? "fast")}${secure}${redirect} }`;
}

/** What the host does where it is asked to; what a service does without is left out. */
function emitResilience(writer: SourceWriter, settings: Settings, endpoints: number): void {
  const isOn = (key: string): boolean => settings[key] !== undefined && settings[key] !== null;
  // A single endpoint is never left alone by itself.
  if (isOn("eject") && endpoints > 1) writer.line(`eject: ${settingText(settings.eject, null)},`);
  if (isOn("health")) writer.line(`health: ${settingText(settings.health, null)},`);
  if ((isOn("eject") && endpoints > 1) || isOn("health"))
    writer.line(`slowStart: ${settingText(settings.slow_start, 0)},`);
  if (isOn("breaker")) writer.line(`breaker: ${settingText(settings.breaker, null)},`);
  if (isOn("retry")) writer.line(`retry: ${settingText(settings.retry, null)},`);
  if (isOn("hedge")) writer.line(`hedge: ${settingText(settings.hedge, null)},`);
  if (settings.pass_deadline !== undefined && settings.pass_deadline !== false)
    writer.line(`passDeadline: ${settingText(settings.pass_deadline, false)},`);
  if (isOn("pipelining") && settings.pipelining !== 0)
    writer.line(`pipelining: ${settingText(settings.pipelining, 0)},`);
  if (isOn("max_age")) writer.line(`maxAge: ${settingText(settings.max_age, null)},`);
}

/** Each as `{ at, weight }`, however it was written. */
function endpointsOf(url: StaticValue | undefined): readonly Settings[] {
  const written: readonly StaticValue[] = Array.isArray(url) ? url : [url ?? ""];
  return written.map((one) => ("at" in record(one) ? record(one) : { at: one, weight: 1 }));
}

function emitService(writer: SourceWriter, name: string, settings: Settings): void {
  const endpoints = endpointsOf(settings.url);
  writer.line("{");
  writer.indented(() => {
    writer.line(`name: ${JSON.stringify(name)},`);
    writer.line(
      `endpoints: ${settingText(
        endpoints.map(({ at }) => at ?? ""),
        [],
      )},`,
    );
    const tls = serviceTls(settings);
    if (tls !== null) writer.line(`tls: ${settingText(tls, null)},`);
    if (endpoints.some(({ weight }) => weight !== 1)) {
      writer.line(
        `weights: ${settingText(
          endpoints.map(({ weight }) => weight ?? 1),
          [],
        )},`,
      );
    }
    writer.line(`balance: ${JSON.stringify(settings.balance ?? "least_requests")},`);
    writer.line(`timeout: ${settingText(settings.timeout, 30_000)},`);
    writer.line(`connectTimeout: ${settingText(settings.connect_timeout, 2_000)},`);
    writer.line(`idle: ${settingText(settings.idle, 30_000)},`);
    writer.line(`silence: ${settingText(settings.silence, 30_000)},`);
    writer.line(`connections: ${settingText(settings.connections, 128)},`);
    writer.line(`answerLimit: ${settingText(settings.answer_limit, 10_000_000)},`);
    writer.line(`preserveHost: ${settingText(settings.preserve_host, false)},`);
    if (Array.isArray(settings.clearance) && settings.clearance.length > 0) writer.line("hidesPaths: true,");
    emitResilience(writer, settings, endpoints.length);
  });
  writer.line("},");
}
