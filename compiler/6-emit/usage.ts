/**
 * Where the slots of a route are written and read. It decides which become a `const` where they are written, and which
 * need a `let` before the block that writes them, because something after the block reads them.
 */
import type { Expr, Slot, Step } from "../5-plan/plan.ts";
import { attemptShape } from "./shape.ts";
import { childExpressions, stepExpressions, stepSlot } from "./walk.ts";

interface Block {
  readonly parent: Block | null;
  /** The step that holds this block, in the parent. */
  readonly step: Step | null;
  readonly depth: number;
}

interface Use {
  readonly block: Block;
  readonly step: Step;
}

interface SlotUse {
  readonly slot: Slot;
  readonly writes: Use[];
  reads: number;
  readonly uses: Use[];
}

export interface Usage {
  /** How often a slot is read. */
  reads(name: string): number;
  /** Slots that are written in a deeper block than the one that needs them, by the step before which they are declared. */
  hoistedBefore(step: Step): readonly Slot[];
  isHoisted(name: string): boolean;
}

export function usageOf(steps: readonly Step[], guards: readonly Expr[] = []): Usage {
  const slots = new Map<string, SlotUse>();
  const use = (name: string, slot: Slot | null): SlotUse => {
    let known = slots.get(name);
    if (known === undefined || (slot !== null && known.slot.name === "")) {
      known = { slot: slot ?? { name: "", type: { kind: "never", labels: [] } }, writes: [], reads: 0, uses: [] };
      slots.set(name, known);
    }
    return known;
  };
  const read = (expr: Expr, at: Use | null): void => {
    if (expr.expr === "slot") {
      const known = use(expr.name, null);
      known.reads++;
      if (at !== null) known.uses.push(at);
    }
    for (const child of childExpressions(expr)) read(child, at);
  };
  const spares = (spare: Step, at: Use): void => {
    for (const expr of stepExpressions(spare)) read(expr, at);
  };
  const walk = (list: readonly Step[], block: Block): void => {
    for (const step of list) {
      const at: Use = { block, step };
      for (const expr of stepExpressions(step)) read(expr, at);
      const inner = (steps: readonly Step[]): void => walk(steps, { parent: block, step, depth: block.depth + 1 });
      switch (step.step) {
        case "if":
          inner(step.then);
          inner(step.otherwise);
          break;
        case "attempt":
          if (attemptShape(step) === "blocks") inner(step.steps);
          else walk(step.steps, block);
          // A spare value stands in the same expression as the value.
          if (attemptShape(step) === "value") for (const spare of step.otherwise) spares(spare, at);
          else inner(step.otherwise);
          break;
        case "together":
          for (const branch of step.branches) walk(branch, block);
          break;
        case "gather":
          inner(step.steps);
          break;
        case "forward":
          inner(step.answer);
          break;
      }
      const slot = stepSlot(step);
      if (slot !== null) {
        const known = use(slot.name, slot);
        known.writes.push(at);
        known.uses.push(at);
      }
      if (step.step === "gather") {
        // The result is read where the item's function ends.
        const end: Use = { block: { parent: block, step, depth: block.depth + 1 }, step };
        read(step.result, end);
      }
    }
  };
  for (const guard of guards) read(guard, null);
  const root: Block = { parent: null, step: null, depth: 0 };
  walk(steps, root);
  return place(slots);
}

function place(slots: ReadonlyMap<string, SlotUse>): Usage {
  const hoisted = new Map<Step, Slot[]>();
  const names = new Set<string>();
  for (const [name, { slot, writes, uses }] of slots) {
    if (writes.length === 0) continue;
    const home = uses.map((use) => use.block).reduce(common);
    const only = writes.length === 1 ? writes[0] : undefined;
    if (only !== undefined && only.block === home) continue;
    names.add(name);
    const first = uses.map((use) => stepIn(home, use)).find((step) => step !== null);
    if (first === undefined || first === null) continue;
    hoisted.set(first, [...(hoisted.get(first) ?? []), slot]);
  }
  return {
    reads: (name) => slots.get(name)?.reads ?? 0,
    hoistedBefore: (step) => hoisted.get(step) ?? [],
    isHoisted: (name) => names.has(name),
  };
}

function common(left: Block, right: Block): Block {
  let [a, b] = [left, right];
  while (a !== b) {
    if (a.depth >= b.depth && a.parent !== null) a = a.parent;
    else if (b.parent !== null) b = b.parent;
    else return a;
  }
  return a;
}

/** The step of block `home` in which `use` lies. */
function stepIn(home: Block, use: Use): Step | null {
  if (use.block === home) return use.step;
  for (let block: Block | null = use.block; block !== null; block = block.parent) {
    if (block.parent === home) return block.step;
  }
  return null;
}
