/** `forward model as dialect`: the exchange handed to a model, with the codec of the dialect that its client speaks. */
import type { ClientDialectName, ProviderDialectName } from "../../runtime/model/dialect/dialect.ts";
import type { ModelStep, Plan } from "../5-plan/plan.ts";
import { isOperationClient } from "../vocabulary/operations.ts";
import { type Body, end, fail, guarded, leaveIfAborted } from "./body.ts";
import { emitBudgetKeys } from "./budget.ts";
import type { Emission } from "./emission.ts";
import { textOf } from "./encode.ts";
import { expression } from "./expression.ts";
import { replayText } from "./forward.ts";
import { numberLiteral } from "./literal.ts";
import { operationOf } from "./operation.ts";
import { replaysBody } from "./replay.ts";

/** As the runtime exports them. */
const CLIENTS: { readonly [name in ClientDialectName]: string } = {
  "openai-chat": "openaiChatClient",
  "openai-responses": "openaiResponsesClient",
  anthropic: "anthropicClient",
  gemini: "geminiClient",
};
const PROVIDERS: { readonly [name in ProviderDialectName]: string } = {
  "openai-chat": "openaiChatProvider",
  "openai-responses": "openaiResponsesProvider",
  anthropic: "anthropicProvider",
  gemini: "geminiProvider",
  bedrock: "bedrockProvider",
  cohere: "cohereProvider",
  ollama: "ollamaProvider",
};

/** The same of models that are not asked for conversations. */
const OPERATIONS: { readonly [name in ProviderDialectName]: string } = {
  "openai-chat": "openaiChatOperations",
  "openai-responses": "openaiResponsesOperations",
  anthropic: "anthropicOperations",
  gemini: "geminiOperations",
  bedrock: "bedrockOperations",
  cohere: "cohereOperations",
  ollama: "ollamaOperations",
};

export function emitModel(body: Body, step: ModelStep): void {
  const { emission, writer, route } = body;
  const model = emission.model(step.model);
  const operation = isOperationClient(step.client);
  if (!operation) emission.conversing.add(step.model);
  const client = isOperationClient(step.client)
    ? operationOf(emission, step.client, dialectsOf(emission.plan, step.model))
    : emission.use(CLIENTS[step.client]);
  const received = replaysBody(route.steps) ? replayText(body) : "null";
  emitBudgetKeys(body, step);
  const deadline = route.deadline === null ? "null" : numberLiteral(route.deadline);
  const rest = `exchange, ${model}, ${client}, ${received}, ${numberLiteral(route.bodyLimit)}, ${deadline}${optionsText(body, step)}`;
  if (body.onFailure.kind === "standard") {
    end(body, `${emission.use(operation ? "serveOperation" : "serveModel")}(${rest})`);
    return;
  }
  const result = body.scope.names.take("failure");
  for (const signal of body.pending) writer.line(`${signal}.abort();`);
  writer.line(`const ${result} = await ${emission.use(operation ? "answerByOperation" : "answerByModel")}(${rest});`);
  leaveIfAborted(body);
  guarded(body, `${result} !== null`, (inner) => fail(inner, () => result));
  writer.line("return;");
}

/** Nothing where the client's instructions go as they are, and each request goes for itself. */
function optionsText({ scope }: Body, { prompt, sticky }: ModelStep): string {
  if (prompt === null && sticky === null) return "";
  const key = sticky === null ? "" : `, ${textOf(scope, sticky)}`;
  if (prompt === null) return `, undefined${key}`;
  const system = prompt.system === null ? "null" : expression(scope, prompt.system);
  return `, { system: ${system}, client: "${prompt.client}" }${key}`;
}

/** What the host is asked for: the model or choice, with the codecs of every provider that it may ask, as far as it is asked. */
export function modelText(emission: Emission, plan: Plan, name: string): string {
  const codecs = emission.conversing.has(name)
    ? codecsOf(emission, plan, name)
    : dialectsOf(plan, name).map((dialect) => emission.use(OPERATIONS[dialect]));
  return `model(${JSON.stringify(name)}, [${codecs.join(", ")}])`;
}

/** Of every provider that may be asked where this model or choice is. */
export function codecsOf(emission: Emission, plan: Plan, name: string): readonly string[] {
  return dialectsOf(plan, name).map((dialect) => emission.use(PROVIDERS[dialect]));
}

function dialectsOf(plan: Plan, name: string): readonly ProviderDialectName[] {
  const names = membersOf(plan, name);
  return [...new Set(plan.models.filter((one) => names.has(one.name)).map(({ dialect }) => dialect))];
}

/** Itself, what it chooses from, and who is asked instead of any of them. */
function membersOf(plan: Plan, name: string, seen: Set<string> = new Set()): ReadonlySet<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  const pool = plan.pools.find((one) => one.name === name);
  for (const member of pool === undefined ? [] : [...pool.models, ...pool.fallback]) membersOf(plan, member, seen);
  if (pool?.shadow !== undefined) membersOf(plan, pool.shadow.model, seen);
  const budgets = (pool ?? plan.models.find((one) => one.name === name)?.configuration)?.budgets;
  for (const budget of Array.isArray(budgets) ? budgets : []) {
    if (typeof budget.instead === "string") membersOf(plan, budget.instead, seen);
  }
  return seen;
}
