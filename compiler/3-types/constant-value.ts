/** The value of a literal expression, in the runtime's representation; undefined where it is more than a literal. */
import type * as tree from "../1-syntax/tree.ts";
import { addressMeaning, numberMeaning, timeMeaning } from "./literal.ts";

export function constantValue(node: tree.Expression): unknown {
  switch (node.kind) {
    case "string":
    case "boolean":
      return node.value;
    case "none":
      return null;
    case "number": {
      const meaning = numberMeaning(node);
      return "value" in meaning ? meaning.value : undefined;
    }
    case "time":
      return timeMeaning(node.text)?.value;
    case "address":
      return addressMeaning(node.text)?.value;
    case "unary": {
      const operand = node.operator === "-" ? constantValue(node.operand) : undefined;
      return typeof operand === "number" ? 0 - operand : undefined;
    }
    case "list": {
      const items = node.items.map(constantValue);
      return items.includes(undefined) ? undefined : items;
    }
    case "record": {
      const out: Record<string, unknown> = {};
      for (const entry of node.entries) {
        const value = entry.kind === "record-entry" ? constantValue(entry.value) : undefined;
        if (value === undefined || entry.kind === "spread") return undefined;
        out[entry.key.text] = value;
      }
      return out;
    }
    default:
      return undefined;
  }
}
