/** `model`: one at a provider, with settings that fit it; or a choice of several, all of which are models themselves. */
import type * as tree from "../1-syntax/tree.ts";
import { kindNames } from "../2-names/index.ts";
import { type ProviderEntry, providerOf } from "../vocabulary/providers.ts";
import type { Setting } from "../vocabulary/setting.ts";
import { choiceSettings, modelSettings } from "../vocabulary/settings/model.ts";
import { newBody } from "./body.ts";
import type { CheckedModel, EnvironmentValue, ModelProvider, StaticValue } from "./checked.ts";
import { checkVertex } from "./vertex.ts";
import { type Body, hasSyntaxError, type ModuleState, type ProgramState, report, span } from "./context.ts";
import { checkAliases, fittingModels, refuseNobody } from "./model-fit.ts";
import { unknownName } from "./reference.ts";
import { textsOf } from "./service.ts";
import { checkSettings, type Settings } from "./setting.ts";

export function checkModel(program: ProgramState, module: ModuleState, node: tree.Model): CheckedModel {
  const body = newBody(program, module, "setting");
  const settings = checkSettings(
    body,
    `the model ${node.name.text}`,
    readable(module, node, modelSettings),
    node.settings,
    node.name,
  );
  return {
    module,
    node,
    name: node.name.text,
    settings,
    clearance: textsOf(settings.clearance),
    provider: providerIn(body, node, settings),
    choice: null,
  };
}

/** A setting that could not be read may be the one that is missing. */
function readable(module: ModuleState, node: tree.Model, table: readonly Setting[]): readonly Setting[] {
  return hasSyntaxError(module, node) ? table.map((setting) => ({ ...setting, required: false })) : table;
}

function providerIn(body: Body, node: tree.Model, settings: Settings): ModelProvider | null {
  const { provider, url = null, key = null } = settings;
  if (!isProvider(provider)) return null;
  const entry = providerOf.get(provider.word);
  if (entry === undefined) return null;
  const written = (name: string) => node.settings.find((setting) => setting.key.text === name);
  if (key === null && entry.key === "required" && !written("key") && !hasSyntaxError(body.module, node))
    missing(body, node, "key", 'add key: secret("…")');
  const base = baseOf(body, node, entry, provider.settings, url, written("url"));
  if (base === null) return null;
  const { word, variant, others } = entry;
  if (variant === "vertex") checkVertex(body, node, provider.settings.metadata);
  const dialect = others?.models.test(provider.model) === true ? others.dialect : entry.dialect;
  return { word, dialect, variant, model: provider.model, base, settings: provider.settings };
}

/** "{region}-" of a base goes with it: what is everywhere has no region in its name. */
function inRegion(base: string, region: string): string {
  return base.replace(region === "global" ? "{region}-" : "{region}", region === "global" ? "" : region);
}

function missing(body: Body, node: tree.Model, name: string, help: string): void {
  report(body, node.name, "VGW3019", { owner: `the model ${node.name.text}`, name }, `${name} is missing`, { help });
}

function baseOf(
  body: Body,
  node: tree.Model,
  { base, clear, word }: ProviderEntry,
  settings: { readonly [name: string]: string },
  url: StaticValue,
  written: tree.Setting | undefined,
): string | EnvironmentValue | null {
  if (isVariable(url)) return url;
  if (typeof url !== "string") {
    if (base === null && !written && !hasSyntaxError(body.module, node))
      missing(body, node, "url", `say where ${word} stands: url: "https://…"`);
    return base === null ? null : inRegion(base, settings.region ?? settings.location ?? "");
  }
  if (!clear && url.startsWith("http://") && !/^http:\/\/(localhost|127\.[0-9.]+|\[::1\])(:|\/|$)/.test(url)) {
    if (written)
      report(
        body,
        written.value,
        "VGW3021",
        { name: "url", wanted: "https, for the key would go over the network in clear text" },
        "not this",
        {
          help: "https://…, or http:// on this machine",
        },
      );
    return null;
  }
  return url.replace(/\/+$/, "");
}

function isProvider(
  value: StaticValue | undefined,
): value is { readonly word: string; readonly model: string; readonly settings: { readonly [name: string]: string } } {
  return typeof value === "object" && value !== null && "word" in value && "model" in value;
}

function isVariable(value: StaticValue): value is EnvironmentValue {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "env" && "variable" in value;
}

export function checkChoice(
  program: ProgramState,
  module: ModuleState,
  node: tree.Model,
  choice: tree.Choice,
): CheckedModel {
  const body = newBody(program, module, "setting");
  const settings = checkSettings(body, `the choice ${node.name.text}`, choiceSettings, node.settings, node.name);
  const models = members(body, choice.models);
  if (choice.models.length === 0)
    report(body, choice, "VGW3011", { callee: "choose", wanted: "at least one model" }, "from which models?");
  const written = node.settings.find(({ key }) => key.text === "fallback")?.value;
  const listed = written?.kind === "list" ? written.items : written ? [written] : [];
  const names = listed.flatMap((item) => (item.kind === "reference" ? [item.name] : []));
  const fallback = members(body, names);
  checkWeights(body, node, settings, models);
  const fitting = fittingModels(settings, models);
  refuseNobody(body, node, settings, models, fitting);
  const others = fittingModels(settings, fallback);
  return {
    module,
    node,
    name: node.name.text,
    settings,
    clearance: [],
    provider: null,
    choice: {
      models: fitting,
      fallback: others,
      aliases: checkAliases(body, node, [...fitting, ...others]),
      shadow: shadowOf(body, node, settings),
    },
  };
}

/** One model. */
function shadowOf(body: Body, node: tree.Model, settings: Settings): CheckedModel | null {
  const written = node.settings.find(({ key }) => key.text === "shadow")?.value;
  const entry =
    written?.kind === "record"
      ? written.entries.find((one) => one.kind === "record-entry" && one.key.text === "model")
      : undefined;
  if (entry?.kind !== "record-entry" || entry.value === null) return null;
  if (entry.value.kind !== "reference") {
    const wanted = "the name of one model";
    report(body, entry.value, "VGW3021", { name: "model", wanted }, "not this", { help: "such as model: large" });
    return null;
  }
  const [shadow] = members(body, [entry.value.name]);
  if (shadow === undefined || fittingModels(settings, [shadow]).length > 0) return shadow ?? null;
  const wanted = `a model that ${node.name.text} may ask, by its region and clearance`;
  const help = "whoever gets copies sees what the others see";
  report(body, entry.value, "VGW3021", { name: "model", wanted }, "not this one", { help });
  return null;
}

/** Each once; what is none has been reported. */
function members(body: Body, names: readonly tree.Name[]): readonly CheckedModel[] {
  const found: CheckedModel[] = [];
  for (const name of names) {
    const model = modelNamed(body, name);
    if (model === null) continue;
    if (found.includes(model)) report(body, name, "VGW3006", { name: name.text }, "again");
    else if (model.node.choice !== null) refuseChoice(body, name, model.node);
    else found.push(model);
  }
  return found;
}

/** The weights name all models of the choice and no others. */
function checkWeights(body: Body, node: tree.Model, settings: Settings, models: readonly CheckedModel[]): void {
  const { prefer } = settings;
  const written = node.settings.find(({ key }) => key.text === "prefer");
  const all = models.map(({ name }) => name);
  if (!Array.isArray(prefer) || !written || all.length === 0) return;
  const places = [written.value, ...written.otherwise.map(({ value }) => value)];
  prefer.forEach((rule: StaticValue, index) => {
    if (typeof rule !== "object" || rule === null || !("weights" in rule)) return;
    const given = Object.keys(rule.weights ?? {});
    const wrong = given.find((name) => !all.includes(name)) ?? all.find((name) => !given.includes(name));
    if (wrong === undefined) return;
    report(
      body,
      places[index] ?? written,
      "VGW3021",
      { name: "prefer", wanted: "a weight for each model of the choice" },
      `see ${wrong}`,
      { help: `weights(${all.map((name) => `${name}: 1`).join(", ")})` },
    );
  });
}

/** A choice asks models, and no other choice. */
export function refuseChoice(body: Body, name: tree.Name, node: tree.Model): void {
  const written = node.choice?.models.map(({ text }) => text).join(", ") ?? "";
  const wrong = { name: name.text, kind: "choice", wanted: "model" };
  report(body, name, "VGW2011", wrong, "a choice asks models, and no other choice", {
    help: written === "" ? null : `name its models instead: ${written}`,
    fixes:
      written === ""
        ? []
        : [{ title: `Write ${written}`, kind: "maybe", edits: [{ span: span(body.module, name), text: written }] }],
  });
}

/** The model that a name means, or null, which has been reported. */
export function modelNamed(body: Body, name: tree.Name): CheckedModel | null {
  const symbol = body.module.names.get(name.text);
  if (symbol?.kind === "model") {
    const node = symbol.node as tree.Model;
    const model = body.program.models.get(node) ?? null;
    if (model) body.module.meanings.set(name.id, { kind: "model", model });
    else if (node.choice !== null) refuseChoice(body, name, node);
    return model;
  }
  if (symbol?.kind === "broken" || name.text === "") return null;
  if (symbol)
    report(
      body,
      name,
      "VGW2011",
      { name: name.text, kind: kindNames[symbol.kind], wanted: "model" },
      "a model is expected here",
    );
  else
    unknownName(
      body,
      name,
      [...body.module.names].flatMap(([key, { kind }]) => (kind === "model" ? [key] : [])),
    );
  return null;
}
