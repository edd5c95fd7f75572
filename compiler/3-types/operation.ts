/** `forward vectors as openai.embeddings`: what is no conversation can be asked of some providers alone, and has no instructions. */
import type * as tree from "../1-syntax/tree.ts";
import { type OperationEntry, operationProviders } from "../vocabulary/operations.ts";
import type { CheckedModel } from "./checked.ts";
import { type Body, report } from "./context.ts";

export function checkOperation(body: Body, step: tree.ForwardStep, operation: OperationEntry): void {
  const able = operationProviders[operation.operation];
  const asked = body.module.meanings.get(step.service.id);
  if (asked?.kind !== "model") return;
  for (const model of membersOf(asked.model)) {
    const word = model.provider?.word;
    if (word === undefined || able.includes(word)) continue;
    report(
      body,
      step.service,
      "VGW6116",
      { model: model.name, provider: word, what: operation.does },
      model === asked.model ? "is asked here" : `may ask ${model.name}`,
      { help: `models of ${able.join(", ")} can` },
    );
  }
}

function membersOf(model: CheckedModel): readonly CheckedModel[] {
  return model.choice === null ? [model] : [...new Set([...model.choice.models, ...model.choice.fallback])];
}
