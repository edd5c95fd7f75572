/** What tests can look at: the answer of the latest `send`, and what the program did for it. */
import type * as tree from "../1-syntax/tree.ts";
import { observations } from "../vocabulary/observations.ts";
import { type Body, report } from "./context.ts";
import { UNKNOWN } from "./construct.ts";
import { modelNamed } from "./model.ts";
import { check, expect } from "./expression.ts";
import { signatureTypeOf } from "./signature.ts";
import { STRING } from "./construct.ts";
import type { Type } from "./type.ts";

/** An observation without brackets; null: the name is none. */
export function observationOf(body: Body, node: tree.Reference): Type | null {
  const entry = observations.get(node.name.text);
  if (!entry) return null;
  if (entry.takes !== "nothing") {
    report(
      body,
      node,
      "VGW3011",
      { callee: entry.name, wanted: entry.takes === "service" ? "a service" : "a name" },
      "which one?",
      {
        help: entry.example,
      },
    );
    return UNKNOWN;
  }
  body.module.meanings.set(node.id, { kind: "observation", name: entry.name });
  return signatureTypeOf(entry.type);
}

/** An observation with brackets; null: the name is none. */
export function observationCall(body: Body, node: tree.Call, name: string): Type | null {
  const entry = observations.get(name);
  if (!entry || entry.takes === "nothing") return null;
  const [argument, ...more] = node.arguments;
  for (const other of more) {
    check(body, other.value);
    report(body, other, "VGW3014", { callee: name, wanted: "one argument" }, "one too many");
  }
  if (!argument) {
    report(
      body,
      node,
      "VGW3011",
      { callee: name, wanted: entry.takes === "service" ? "a service" : "a name" },
      "which one?",
    );
    return UNKNOWN;
  }
  if (entry.takes === "name") expect(body, argument.value, STRING);
  else serviceArgument(body, argument.value);
  body.module.meanings.set(node.id, { kind: "observation", name });
  return signatureTypeOf(entry.type);
}

function serviceArgument(body: Body, node: tree.Expression): void {
  const symbol = node.kind === "reference" ? body.module.names.get(node.name.text) : undefined;
  const service = symbol?.kind === "service" ? body.program.services.get(symbol.node as tree.Service) : undefined;
  const model = symbol?.kind === "model" && node.kind === "reference" ? modelNamed(body, node.name) : null;
  if (service) body.module.meanings.set(node.id, { kind: "service", service });
  else if (model) body.module.meanings.set(node.id, { kind: "model", model });
  else if (symbol?.kind !== "broken" && check(body, node).kind !== "unknown")
    report(
      body,
      node,
      "VGW3001",
      { expected: "the name of a service", found: "something else" },
      "a service is expected here",
    );
}
