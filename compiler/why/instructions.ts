/** How long the program's own instructions for models can be at most: they are sent, and paid for, beside what a client sends. */
import type * as tree from "../1-syntax/tree.ts";
import { nodesBelow } from "../1-syntax/walk.ts";
import type { CheckedModule, CheckedRoute } from "../3-types/checked.ts";
import type { Type } from "../3-types/type.ts";

/** Of a number, a time, an address: none has a longer text. */
const WORDLESS = 64;
/** Of a text without a longest: it has come in a request's head (a claim), or stands in the environment. */
const UNBOUNDED = 16 * 1024;
/** Of one character, in UTF-8 or as a JSON escape. */
const CHARACTER = 6;

/** Bytes; the longest of all `forward`s of the route. */
export function instructionBytes({ module, node }: CheckedRoute): number {
  const lengths = nodesBelow(node).map((inner) => {
    const meaning = inner.kind === "forward" ? module.meanings.get(inner.id) : undefined;
    const system = meaning?.kind === "forward-model" ? meaning.settings.system : null;
    return system === null ? 0 : longest(module, system);
  });
  return Math.max(0, ...lengths);
}

function longest(module: CheckedModule, node: tree.Expression): number {
  if (node.kind === "string") return node.value.length * CHARACTER;
  if (node.kind === "template")
    return (
      node.texts.reduce((sum, text) => sum + text.length * CHARACTER, 0) +
      node.holes.reduce((sum, hole) => sum + longest(module, hole), 0)
    );
  const meaning = module.meanings.get(node.id);
  if (meaning?.kind === "constant") return longest(meaning.constant.module, meaning.constant.node.value);
  const type = module.types.get(node.id);
  return type === undefined ? UNBOUNDED : longestOf(type);
}

function longestOf(type: Type): number {
  switch (type.kind) {
    case "string":
      return type.max === null ? UNBOUNDED : type.max * CHARACTER;
    case "literal":
      return String(type.value).length * CHARACTER;
    case "union":
      return Math.max(...type.members.map(longestOf));
    case "optional":
      return longestOf(type.of);
    case "record":
    case "list":
    case "map":
    case "json":
    case "url":
    case "bytes":
    case "unknown":
      return UNBOUNDED;
    default:
      return WORDLESS;
  }
}
