/** Constants and pure functions of the program. */
import type { ConstantPlan, Expr, Plan } from "../5-plan/plan.ts";
import type { Emission } from "./emission.ts";
import { expression } from "./expression.ts";
import { Names } from "./names.ts";
import { Scope } from "./scope.ts";
import { typeText } from "./type.ts";
import { childExpressions, someExpression, someIn } from "./walk.ts";
import type { SourceWriter } from "./writer.ts";

/**
 * Writes the declarations, and gives what writes the assignments into `load`: a constant that needs the environment, the
 * host or a helper of the file gets its value there, in the order of the plan; one that is written out has it at once.
 */
export function emitConstants(emission: Emission, writer: SourceWriter): (load: SourceWriter) => void {
  const late: ConstantPlan[] = [];
  const constants = usedConstants(emission.plan);
  for (const constant of constants) {
    const name = emission.constants.get(constant.name) ?? constant.name;
    const type = typeText(emission, constant.type);
    writer.within(constant.origin, () => {
      if (isWrittenOut(constant.value)) {
        writer.line(`const ${name}: ${type} = ${expression(constantScope(emission), constant.value)};`);
      } else {
        writer.line(`let ${name}: ${type};`);
        late.push(constant);
      }
    });
  }
  if (constants.length > 0) writer.blank();
  return (load) => {
    for (const constant of late) {
      const name = emission.constants.get(constant.name) ?? constant.name;
      load.within(constant.origin, () => {
        load.line(`${name} = ${expression(constantScope(emission), constant.value)};`);
      });
    }
  };
}

/** Constants that only tests name are not there when running. */
function usedConstants(plan: Plan): readonly ConstantPlan[] {
  const used = new Set<string>();
  const note = (expr: Expr): boolean => {
    if (expr.expr === "global") used.add(expr.name);
    return false;
  };
  for (const route of plan.routes) {
    someExpression(route.steps, note);
    if (route.guard !== null) someIn(route.guard, note);
  }
  for (const { key } of plan.services) if (key !== null) someIn(key, note);
  for (const one of plan.functions) someIn(one.body, note);
  // A constant reads only earlier ones, so that walking backwards meets every reader first.
  for (const constant of [...plan.constants].reverse()) if (used.has(constant.name)) someIn(constant.value, note);
  return plan.constants.filter((constant) => used.has(constant.name));
}

function constantScope(emission: Emission): Scope {
  return new Scope(emission, new Names(emission.names));
}

function isWrittenOut(value: Expr): boolean {
  if (value.expr === "constant") return value.type.kind !== "bytes" && value.type.kind !== "regex";
  if (value.expr !== "list" && value.expr !== "record" && value.expr !== "none") return false;
  return childExpressions(value).every(isWrittenOut);
}

export function emitFunctions(emission: Emission, writer: SourceWriter): void {
  for (const one of emission.plan.functions) {
    const scope = new Scope(emission, new Names(emission.names));
    const parameters = one.parameters.map((slot) => `${scope.bind(slot)}: ${typeText(emission, slot.type)}`);
    const name = emission.functions.get(one.name) ?? one.name;
    writer.within(one.origin, () => {
      writer.block(`function ${name}(${parameters.join(", ")}): ${typeText(emission, one.result)}`, () => {
        writer.line(`return ${expression(scope, one.body)};`);
      });
    });
    writer.blank();
  }
}
