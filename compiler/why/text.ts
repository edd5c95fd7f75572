/** What can become of requests to models, as text for people: at most 100 columns, whatever the program's names allow. */
import type { Style } from "../diagnostics/render.ts";
import { FEATURES } from "../../runtime/model/dialect/support.ts";
import { callText, type ModelCosts, type RouteCosts } from "./costs.ts";
import type { ForwardReport, ModelReport, RouteReport } from "./report.ts";

const WIDTH = 100;
/** Of what stands before a line's text. */
const KEY = 14;
const COLUMN = 11;
/** Of the features' names. */
const FIRST = 22;
const MOST_COLUMNS = Math.floor((WIDTH - FIRST) / COLUMN);

export function renderRoutes(routes: readonly RouteReport[], style: Style, costs: readonly RouteCosts[] = []): string {
  return routes
    .map((route) => renderRoute(route, costs.find((one) => one.route === route.route) ?? null, style).join("\n"))
    .join("\n\n");
}

function renderRoute(route: RouteReport, costs: RouteCosts | null, style: Style): string[] {
  const access = route.open ? "open" : `with ${route.policies.join(", ")}`;
  const bounds = route.bounds.map(({ text, policy }) => `${text}${policy === null ? "" : ` (${policy})`}`);
  return [
    `${style.strong(route.route)}, ${access} ${style.faint(`${route.file}:${route.line}`)}`,
    ...keyed("body carries", [carriesText(route)]),
    ...keyed("bounds", bounds),
    ...keyed("costs", costs === null ? [] : costs.models.map(costText)),
    ...route.forwards.flatMap((forward) => ["", ...renderForward(forward, style)]),
  ];
}

function costText({ model, worst, reason }: ModelCosts): string {
  return `${model}: ${worst === null ? `unbounded, ${reason}` : callText(worst)}`;
}

const REASONS = { said: "carries", read: "its type", cleared: "a model is cleared for it" };

function carriesText({ carries }: RouteReport): string {
  if (carries.length === 0) return "nothing that is labelled";
  return carries.map(({ label, why }) => `@${label} (${REASONS[why]})`).join(", ");
}

function renderForward(forward: ForwardReport, style: Style): string[] {
  const { prompt, needs, choices, models } = forward;
  return [
    `  ${style.strong(`forward ${forward.model} as ${forward.as}`)} ${style.faint(`line ${forward.line}`)}`,
    ...(prompt === null ? [] : keyed("system", [promptText(prompt)])),
    ...keyed("needs", needs.length === 0 ? [] : [needs.join(", ")]),
    ...choices.flatMap(({ name, chooses, settings }) =>
      keyed(name, [`choose(${chooses.join(", ")})`, ...settings.map(({ key, value }) => `${key}: ${value}`)]),
    ),
    "",
    ...modelTable(models, style),
    ...modelSettings(models),
    ...featureTables(forward, style),
  ];
}

function promptText({ system, clientSystem }: NonNullable<ForwardReport["prompt"]>): string {
  const theirs = {
    keep: "the client's own",
    drop: "the client's own is left out",
    refuse: "a request with one of its own is refused",
  }[clientSystem];
  if (system === null) return theirs ?? "";
  return clientSystem === "keep" ? `${system}, then ${theirs}` : `${system}; ${theirs}`;
}

/** A line for each model, in the order in which edges name them. */
function modelTable(models: readonly ModelReport[], style: Style): string[] {
  const rows = models.map((model) => [
    model.name,
    `${model.provider} ${model.upstream}`,
    model.way.length === 0 ? "named here" : model.way.map(wayText).join(", "),
    model.clearance.length === 0 ? "-" : model.clearance.map((label) => `@${label}`).join(" "),
    model.maxOutput === null ? "-" : `${model.maxOutput}tok`,
    priceText(model),
  ]);
  const head = ["may ask", "at", "over", "may see", "cap", "per Mtok"];
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.min(30, Math.max(...all.map((row) => (row[column] ?? "").length))));
  return all.map((row, index) => {
    const text = `  ${row.map((cell, column) => fit(cell, widths[column] ?? 0)).join("  ")}`.trimEnd();
    return index === 0 ? style.faint(cut(text)) : cut(text);
  });
}

/** Behind the table, of those that have some. */
function modelSettings(models: readonly ModelReport[]): string[] {
  const lines = models.flatMap(({ name, settings }) =>
    keyed(
      name,
      settings.map(({ key, value }) => `${key}: ${value}`),
    ),
  );
  return lines.length === 0 ? [] : ["", ...lines];
}

const wayText = ({ from, by }: ModelReport["way"][number]): string => (from === "" ? by : `${by} of ${from}`);

function priceText({ price }: ModelReport): string {
  if (price === null) return "not known";
  const rate = (micro: number): string => String(micro / 1_000_000);
  const { input, output } = price.rates;
  return input === 0 && output === 0 ? "free" : `${price.currency} ${rate(input)} / ${rate(output)}`;
}

/** A column for each provider that may be asked, and below what does not go as it is said. */
function featureTables({ as, models }: ForwardReport, style: Style): string[] {
  const providers = [...new Map(models.map((model) => [model.provider, model])).values()].filter(
    ({ features }) => features !== null,
  );
  const lines: string[] = [];
  for (let from = 0; from < providers.length; from += MOST_COLUMNS) {
    const shown = providers.slice(from, from + MOST_COLUMNS);
    lines.push(
      "",
      style.faint(
        row(
          `${as}:`,
          shown.map(({ provider }) => provider),
        ),
      ),
    );
    for (const feature of FEATURES)
      lines.push(
        row(
          feature,
          shown.map(({ features }) => features?.[feature].support ?? ""),
        ),
      );
  }
  const passing = providers.flatMap(({ passes, provider }) => (passes ? [provider] : []));
  if (passing.length > 0)
    lines.push(
      "",
      ...wrapped(
        "  ",
        `${passing.join(", ")}: the same dialect, so a client's bytes may pass as they came, with more than stands here.`,
      ),
    );
  return [...lines, ...notes(providers)];
}

function notes(providers: readonly ModelReport[]): string[] {
  const told = providers.flatMap(({ provider, features }) =>
    FEATURES.flatMap((feature) => {
      const { support, note } = features?.[feature] ?? { support: "mapped", note: "" };
      return support === "mapped" || note === "" ? [] : wrapped("  ", `${provider} ${feature}: ${support}: ${note}`);
    }),
  );
  return told.length === 0 ? [] : ["", ...told];
}

const row = (name: string, cells: readonly string[]): string =>
  `  ${name.padEnd(FIRST - 2)}${cells.map((cell) => fit(cell, COLUMN - 1).padEnd(COLUMN)).join("")}`.trimEnd();

/** `key` before the first line, nothing before the others. */
function keyed(key: string, texts: readonly string[]): string[] {
  return texts.flatMap((text, index) =>
    wrapped(`  ${(index === 0 ? `${key} ` : "").padEnd(Math.max(KEY, key.length + 1))}`, text),
  );
}

/** Broken between words; what follows is indented as far as the first line's text. */
function wrapped(prefix: string, text: string): string[] {
  const lines: string[] = [];
  let line = prefix;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `${" ".repeat(prefix.length + 2)}${word}`;
    } else line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].map(cut);
}

const fit = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
const cut = (line: string): string => (line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line);
