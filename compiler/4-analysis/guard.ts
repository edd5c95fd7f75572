/** Guards that can never be true: two parts joined by `and` that ask the same place for different things. */
import { spanOf } from "../1-syntax/index.ts";
import type { Expression } from "../1-syntax/tree.ts";
import { nodesBelow } from "../1-syntax/walk.ts";
import type { CheckedModule, CheckedProgram } from "../3-types/checked.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";

/** What one comparison with literals leaves possible for its left side. */
interface Demand {
  readonly part: Expression;
  readonly place: string;
  readonly allowed: ReadonlySet<string> | null;
  readonly refused: ReadonlySet<string> | null;
  readonly low: number;
  readonly high: number;
}

export function analyseGuards(program: CheckedProgram): Diagnostic[] {
  const out: Diagnostic[] = [];
  for (const { module, node } of [...program.routes, ...program.policies]) {
    for (const inner of nodesBelow(node)) {
      const condition = "guard" in inner && inner.guard ? inner.guard : inner.kind === "if" ? inner.condition : null;
      if (condition) out.push(...contradictions(module, condition));
    }
  }
  return out;
}

function contradictions(module: CheckedModule, condition: Expression): Diagnostic[] {
  const demands = conjuncts(condition).flatMap((part) => demandOf(module, part) ?? []);
  for (const [index, later] of demands.entries()) {
    const earlier = demands.slice(0, index).find((other) => other.place === later.place && excludes(other, later));
    if (!earlier) continue;
    return [
      diagnose(
        "VGW6004",
        { place: later.place },
        { span: spanOf(module.tree, later.part.id), text: "cannot be true" },
        {
          related: [{ span: spanOf(module.tree, earlier.part.id), text: "while this is" }],
          help: "did you mean `or`?",
        },
      ),
    ];
  }
  return [];
}

function conjuncts(condition: Expression): Expression[] {
  if (condition.kind === "binary" && condition.operator === "and") {
    return [...conjuncts(condition.left), ...conjuncts(condition.right)];
  }
  return [condition];
}

const ANY = { allowed: null, refused: null, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

function demandOf(module: CheckedModule, part: Expression): Demand | null {
  if (part.kind !== "binary") return null;
  const { start, end } = spanOf(module.tree, part.left.id);
  const base = { ...ANY, part, place: module.tree.text.slice(start, end).replace(/\s+/g, " ") };
  if (part.operator === "in" && part.right.kind === "list") {
    const keys = part.right.items.map(literalKey);
    return keys.every((key) => key !== null) ? { ...base, allowed: new Set(keys) } : null;
  }
  const key = literalKey(part.right);
  if (key === null) return null;
  if (part.operator === "==") return { ...base, allowed: new Set([key]) };
  if (part.operator === "!=") return { ...base, refused: new Set([key]) };
  const number = part.right.kind === "number" && !part.right.unit ? Number(part.right.digits) : null;
  if (number === null) return null;
  // Only whole and real bounds that exclude each other strictly are reported; `< 5 and >= 5` is caught by the open ends.
  const gap = Number.EPSILON * Math.max(1, Math.abs(number));
  if (part.operator === "<") return { ...base, high: number - gap };
  if (part.operator === "<=") return { ...base, high: number };
  if (part.operator === ">") return { ...base, low: number + gap };
  if (part.operator === ">=") return { ...base, low: number };
  return null;
}

function literalKey(expression: Expression): string | null {
  if (expression.kind === "string") return JSON.stringify(expression.value);
  if (expression.kind === "boolean") return String(expression.value);
  if (expression.kind === "number") {
    return `${expression.currency ?? ""}${Number(expression.digits)}${expression.unit ?? ""}${expression.per ?? ""}`;
  }
  return null;
}

function excludes(a: Demand, b: Demand): boolean {
  if (a.low > b.high || b.low > a.high) return true;
  if (a.allowed && b.allowed) return ![...a.allowed].some((key) => b.allowed!.has(key));
  return refusesAll(a, b) || refusesAll(b, a);
}

function refusesAll(a: Demand, b: Demand): boolean {
  return a.allowed !== null && b.refused !== null && [...a.allowed].every((key) => b.refused!.has(key));
}
