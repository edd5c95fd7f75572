/** `send … as staff(id: "u1")`: the caller that a test sends, without a token. */
import type * as tree from "../1-syntax/tree.ts";
import type { CheckedModule } from "../3-types/checked.ts";
import type { SentCaller, World } from "../5-plan/interpreter/index.ts";
import type { Expressions } from "./expression.ts";

export async function sentCaller(
  node: tree.SentCaller,
  module: CheckedModule,
  expressions: Expressions,
  world: World,
): Promise<SentCaller> {
  const meaning = module.meanings.get(node.identity.id);
  if (meaning?.kind !== "identity") throw new Error("`as` names an identity");
  const claims: { [claim: string]: unknown } = {};
  // What is left out is nothing: an empty list, or an absent value.
  for (const { name, type } of meaning.identity.caller.fields) claims[name] = type.kind === "list" ? [] : undefined;
  for (const { name, value } of node.arguments)
    if (name !== null) claims[name.text] = await expressions.value(module, value, new Map(), world);
  return { identity: expressions.identityName(meaning.identity), claims };
}
