/**
 * What can become of a request to models, route by route: who may be asked over which edges, in what order, under which conditions and budgets, what each
 * may see and can be told. Facts from the checked program only; nothing runs.
 */
import { spanOf } from "../1-syntax/index.ts";
import type * as tree from "../1-syntax/tree.ts";
import { nodesBelow, type WalkedNode } from "../1-syntax/walk.ts";
import type { CheckedModel, CheckedModule, CheckedProgram, CheckedRoute, Meaning } from "../3-types/checked.ts";
import { edgesOf } from "../3-types/model-edge.ts";
import { modelPrice } from "../3-types/model-price.ts";
import { reachFrom, type RouteReach } from "../4-analysis/reach.ts";
import { Lines } from "../diagnostics/lines.ts";
import { supportOf } from "../vocabulary/support.ts";
import type { PriceConfiguration } from "../../runtime/model/money/configuration.ts";
import type { ProviderDialectName } from "../../runtime/model/dialect/dialect.ts";
import { providers } from "../../runtime/model/dialects.ts";
import type { SupportTable } from "../../runtime/model/dialect/support.ts";

export interface RouteReport {
  /** As logs call it. */
  readonly route: string;
  readonly file: string;
  readonly line: number;
  readonly open: boolean;
  readonly policies: readonly string[];
  /** Labels of the bodies that are forwarded, and why. */
  readonly carries: CheckedRoute["carries"];
  /** Settings of the route and steps of it and its policies that bound what comes to models, as they are written. */
  readonly bounds: readonly Written[];
  readonly forwards: readonly ForwardReport[];
}

export interface Written {
  readonly text: string;
  /** The policy in which it stands; null: the route itself. */
  readonly policy: string | null;
}

export interface ForwardReport {
  /** What the route names. */
  readonly model: string;
  readonly line: number;
  /** The client's dialect, or what it asks beside answers, as the program writes it. */
  readonly as: string;
  /** Of a conversation; null: of something else, such as embeddings. */
  readonly prompt: { readonly system: string | null; readonly clientSystem: string } | null;
  readonly needs: readonly string[];
  /** The choices on the way, each with its settings as they are written. */
  readonly choices: readonly ChoiceReport[];
  readonly models: readonly ModelReport[];
}

export interface ChoiceReport {
  readonly name: string;
  readonly chooses: readonly string[];
  readonly settings: readonly { readonly key: string; readonly value: string }[];
}

export interface ModelReport {
  readonly name: string;
  /** The word of its provider. */
  readonly provider: string;
  /** As the provider calls it. */
  readonly upstream: string;
  readonly dialect: string;
  /** The edges to it, from what the route names (or `from` "", a budget of the route); none: the route names it. */
  readonly way: readonly { readonly from: string; readonly by: string }[];
  readonly clearance: readonly string[];
  /** Tokens; null: as the client says. */
  readonly maxOutput: number | null;
  /** Where it is known. */
  readonly price: PriceConfiguration | null;
  /** What else bounds which requests come to it, as it is written. */
  readonly settings: readonly { readonly key: string; readonly value: string }[];
  /** Whether clients' bytes may pass as they came. */
  readonly passes: boolean;
  /** null: what is asked is no conversation. */
  readonly features: SupportTable | null;
}

type ForwardMeaning = Extract<Meaning, { kind: "forward-model" | "forward-operation" }>;

/** Of the routes that ask models. */
export function reportModels(program: CheckedProgram): readonly RouteReport[] {
  return program.routes.flatMap((route) => {
    const forwards = nodesBelow(route.node).flatMap((node) => forwardOf(route, node));
    return forwards.length === 0 ? [] : [reportRoute(route, forwards)];
  });
}

function reportRoute(route: CheckedRoute, forwards: readonly ForwardReport[]): RouteReport {
  const { module, node, name, carries } = route;
  return {
    route: name,
    file: module.tree.file,
    line: lineOf(module, node),
    open: node.open,
    policies: node.policies.map((use) => sourceOf(module, use)),
    carries,
    bounds: boundsOf(route),
    forwards,
  };
}

function forwardOf(route: CheckedRoute, node: WalkedNode): ForwardReport[] {
  if (node.kind !== "forward") return [];
  const { module } = route;
  const meaning = module.meanings.get(node.id);
  const named = module.meanings.get(node.service.id);
  if (named?.kind !== "model" || !isForward(meaning)) return [];
  const reached = reachFrom(route, named.model);
  const choices = [...new Set([named.model, ...reached.flatMap(({ way }) => way.map(({ from }) => from))])];
  return [
    {
      model: node.service.text,
      line: lineOf(module, node),
      as: node.dialect?.text ?? "",
      prompt: meaning.kind === "forward-model" ? promptOf(module, meaning) : null,
      needs: meaning.kind === "forward-model" ? meaning.settings.needs : [],
      choices: choices.flatMap((model) => (model.choice === null ? [] : [reportChoice(model)])),
      models: reached.map((reach) => reportModel(reach, meaning)),
    },
  ];
}

function isForward(meaning: Meaning | undefined): meaning is ForwardMeaning {
  return meaning?.kind === "forward-model" || meaning?.kind === "forward-operation";
}

function promptOf(module: CheckedModule, { settings }: Extract<ForwardMeaning, { kind: "forward-model" }>) {
  const { system, clientSystem } = settings;
  return { system: system && sourceOf(module, system), clientSystem };
}

function reportChoice(model: CheckedModel): ChoiceReport {
  return {
    name: model.name,
    chooses: edgesOf(model).flatMap(({ by, to }) => (by === "choose" ? [to.name] : [])),
    settings: model.node.settings.map((setting) => written(model.module, setting)),
  };
}

function written(module: CheckedModule, setting: tree.Setting): ChoiceReport["settings"][number] {
  return { key: setting.key.text, value: sourceOf(module, setting).replace(/^[^:]*:\s*/, "") };
}

/** Settings of a model that decide which requests it gets; its cap, price and clearance stand by themselves. */
const boundingModel: ReadonlySet<string> = new Set([
  "budget",
  "breaker",
  "context",
  "deprecated",
  "region",
  "supports",
]);

function reportModel({ model, way, over }: RouteReach, meaning: ForwardMeaning): ModelReport {
  const { provider, settings, node, module } = model;
  const max = settings.max_output;
  return {
    name: model.name,
    provider: provider?.word ?? "",
    upstream: provider?.model ?? "",
    dialect: provider?.dialect ?? "",
    way: [
      ...(over === null ? [] : [{ from: "", by: sourceOf(over.module, over.node) }]),
      ...way.map(({ from, by }) => ({ from: from.name, by })),
    ],
    clearance: model.clearance,
    maxOutput: typeof max === "number" ? max : null,
    price: modelPrice(model),
    settings: node.settings.filter(({ key }) => boundingModel.has(key.text)).map((setting) => written(module, setting)),
    passes: provider !== null && passes(meaning, provider.dialect),
    features: meaning.kind === "forward-model" && provider ? (supportOf(provider) ?? null) : null,
  };
}

function passes(meaning: ForwardMeaning, dialect: ProviderDialectName): boolean {
  if (meaning.kind !== "forward-model" || meaning.settings.system !== null || meaning.client !== dialect) return false;
  return providers.get(dialect)?.pass !== undefined;
}

const boundingSettings: ReadonlySet<string> = new Set(["deadline", "body"]);
const boundingSteps: ReadonlySet<string> = new Set(["limit", "concurrency", "budget", "identify", "require"]);

/** In the order in which they hold: policies run before the route's own steps. */
function boundsOf({ module, node }: CheckedRoute): Written[] {
  const found: Written[] = node.settings.flatMap((setting) =>
    boundingSettings.has(setting.key.text) ? [{ text: sourceOf(module, setting), policy: null }] : [],
  );
  for (const use of node.policies) {
    const meaning = module.meanings.get(use.id);
    if (meaning?.kind !== "policy") continue;
    const { policy } = meaning;
    found.push(...stepsOf(policy.module, policy.node, policy.name));
  }
  return [...found, ...stepsOf(module, node, null)];
}

function stepsOf(module: CheckedModule, node: tree.Declaration, policy: string | null): Written[] {
  return nodesBelow(node).flatMap((inner) =>
    boundingSteps.has(inner.kind) ? [{ text: sourceOf(module, inner), policy }] : [],
  );
}

/** On one line. */
function sourceOf(module: CheckedModule, node: { readonly id: tree.NodeId }): string {
  const { start, end } = spanOf(module.tree, node.id);
  return module.tree.text.slice(start, end).replace(/\s+/g, " ");
}

const lines = new WeakMap<CheckedModule, Lines>();

function lineOf(module: CheckedModule, node: { readonly id: tree.NodeId }): number {
  const known = lines.get(module) ?? new Lines(module.tree.text);
  lines.set(module, known);
  return known.position(spanOf(module.tree, node.id).start).line;
}
