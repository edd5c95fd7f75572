/** `forward model as dialect`: the exchange handed to a model, with the codec of the dialect that its client speaks. */
import type { ClientDialectName, ProviderDialectName } from "../../runtime/model/dialect/dialect.ts";
import type { ModelStep, Plan } from "../5-plan/plan.ts";
import { type Body, end, fail, guarded, leaveIfAborted } from "./body.ts";
import type { Emission } from "./emission.ts";
import { replayText } from "./forward.ts";
import { numberLiteral } from "./literal.ts";
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

export function emitModel(body: Body, step: ModelStep): void {
  const { emission, writer, route } = body;
  const model = emission.model(step.model);
  const client = emission.use(CLIENTS[step.client]);
  const received = replaysBody(route.steps) ? replayText(body) : "null";
  const deadline = route.deadline === null ? "null" : numberLiteral(route.deadline);
  const rest = `exchange, ${model}, ${client}, ${received}, ${numberLiteral(route.bodyLimit)}, ${deadline}`;
  if (body.onFailure.kind === "standard") {
    end(body, `${emission.use("serveModel")}(${rest})`);
    return;
  }
  const result = body.scope.names.take("failure");
  for (const signal of body.pending) writer.line(`${signal}.abort();`);
  writer.line(`const ${result} = await ${emission.use("answerByModel")}(${rest});`);
  leaveIfAborted(body);
  guarded(body, `${result} !== null`, (inner) => fail(inner, () => result));
  writer.line("return;");
}

/** What the host is asked for: the model or choice, with the codecs of every provider that it may ask. */
export function modelText(emission: Emission, plan: Plan, name: string): string {
  const pool = plan.pools.find((one) => one.name === name);
  const members = pool === undefined ? [name] : [...pool.models, ...pool.fallback];
  const dialects = plan.models.filter((one) => members.includes(one.name)).map(({ dialect }) => dialect);
  const codecs = [...new Set(dialects)].map((dialect) => emission.use(PROVIDERS[dialect]));
  return `model(${JSON.stringify(name)}, [${codecs.join(", ")}])`;
}
