/** Constants and pure functions of the program. */
import type { ConstantPlan, Expr } from "../5-plan/plan.ts";
import type { Emission } from "./emission.ts";
import { expression } from "./expression.ts";
import { Names } from "./names.ts";
import { Scope } from "./scope.ts";
import { typeText } from "./type.ts";
import { childExpressions } from "./walk.ts";
import type { SourceWriter } from "./writer.ts";

/**
 * Writes the declarations, and gives what writes the assignments into `load`: a constant that needs the environment, the
 * host or a helper of the file gets its value there, in the order of the plan; one that is written out has it at once.
 */
export function emitConstants(emission: Emission, writer: SourceWriter): (load: SourceWriter) => void {
  const late: ConstantPlan[] = [];
  for (const constant of emission.plan.constants) {
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
  if (emission.plan.constants.length > 0) writer.blank();
  return (load) => {
    for (const constant of late) {
      const name = emission.constants.get(constant.name) ?? constant.name;
      load.within(constant.origin, () => {
        load.line(`${name} = ${expression(constantScope(emission), constant.value)};`);
      });
    }
  };
}

function constantScope(emission: Emission): Scope {
  return new Scope(emission, new Names(emission.names.all()));
}

function isWrittenOut(value: Expr): boolean {
  if (value.expr === "constant") return value.type.kind !== "bytes" && value.type.kind !== "regex";
  if (value.expr !== "list" && value.expr !== "record" && value.expr !== "none") return false;
  return childExpressions(value).every(isWrittenOut);
}

export function emitFunctions(emission: Emission, writer: SourceWriter): void {
  for (const one of emission.plan.functions) {
    const scope = new Scope(emission, new Names(emission.names.all()));
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
