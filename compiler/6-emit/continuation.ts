/**
 * A route that passes through one `identify` is two functions: what stands before it, and what follows once the caller is known. Most
 * callers are known at once, since their token was verified before; only for others is there a promise, and nothing is async.
 */
import type { Slot, Step } from "../5-plan/plan.ts";
import { type Body, fail, guarded, leaveIfAborted, write } from "./body.ts";
import { changeParameters, changesWithin, declareChanges, requestChanges } from "./place.ts";
import { Names } from "./names.ts";
import { Scope } from "./scope.ts";
import { declareHoisted } from "./slot.ts";
import { emitSteps } from "./step.ts";
import { typeText } from "./type.ts";
import { identifyOf, splitAt } from "./waiting.ts";
import { someExpression } from "./walk.ts";
import type { SourceWriter } from "./writer.ts";

/**
 * Writes the steps of a route that is not async. The function for what follows an `identify`, where there is one, goes to `behind`, which is to
 * stand behind that of the route; it is named after `name`.
 */
export function emitSplit(body: Body, name: string, behind: SourceWriter): void {
  const { steps } = body.route;
  const at = splitAt(steps);
  const step = steps[at];
  const identify = step && identifyOf(step);
  const all = requestChanges(steps);
  if (step === undefined || identify === null || identify === undefined) {
    declareChanges(body, all);
    emitSteps(body, steps);
    return;
  }
  const first = steps.slice(0, at);
  const early = changesWithin(all, first);
  declareChanges(body, early);
  if (!emitSteps(body, first)) return;

  const { emission, scope, writer } = body;
  const inner: Body = { ...body, writer: behind, scope: new Scope(emission, new Names(emission.names)) };
  const handed = [...changeParameters(early, body)].map(([variable, type]) => ({ argument: variable, type, variable }));
  const read = slotsRead(steps.slice(at), scope).map(({ slot, text }) => {
    return { argument: text, type: typeText(emission, slot.type), variable: inner.scope.bind(slot) };
  });
  const passed = [...handed, ...read];
  const caller = inner.scope.names.take(identify.slot.name);
  const next = emission.take(`${name}Identified`);

  write(body, step.origin, () => {
    const found = scope.names.take(identify.slot.name);
    const call = (value: string): string =>
      `${next}(${["exchange", ...passed.map(({ argument }) => argument), value].join(", ")})`;
    writer.line(`const ${found} = ${emission.recogniser(identify)}.identify(exchange);`);
    const settled = scope.names.take("settled");
    writer.line(`if (${found} instanceof Promise) return ${found}.then((${settled}) => ${call(settled)});`);
    writer.line(`return ${call(found)};`);
  });

  const callerType = `${typeText(emission, identify.slot.type)} | ${emission.use("Failure")}`;
  const parameters = [
    `exchange: ${emission.useType("Exchange")}`,
    ...passed.map(({ variable, type }) => `${variable}: ${type}`),
    `${caller}: ${callerType}`,
  ];
  behind.within(body.route.origin, () => {
    behind.line(`// ${body.route.name}, as soon as the caller is known`);
    behind.block(`function ${next}(${parameters.join(", ")}): void`, () => {
      leaveIfAborted(inner);
      write(inner, step.origin, () => {
        declareHoisted(inner, step);
        guarded(withElse(inner, step), `${caller} instanceof ${emission.use("Failure")}`, (refused) =>
          fail(refused, () => caller),
        );
        inner.scope.bind(identify.slot, caller);
      });
      declareChanges(inner, {
        headers: all.headers && !early.headers,
        query: all.query && !early.query,
        path: all.path && !early.path,
      });
      emitSteps(inner, steps.slice(at + 1));
    });
  });
}

/** Where an `identify` has an `else`, a failure goes there. */
function withElse(body: Body, step: Step): Body {
  if (step.step !== "attempt") return body;
  const { onFailure } = body;
  return {
    ...body,
    onFailure: {
      kind: "early",
      otherwise: (inner) => emitSteps({ ...inner, onFailure }, step.otherwise),
    },
  };
}

/** Slots written before that these steps read, in the order of reading. */
function slotsRead(steps: readonly Step[], scope: Scope): { readonly slot: Slot; readonly text: string }[] {
  const found = new Map<string, { readonly slot: Slot; readonly text: string }>();
  someExpression(steps, (expr) => {
    const binding = expr.expr === "slot" && !found.has(expr.name) ? scope.known(expr.name) : null;
    if (expr.expr === "slot" && binding !== null)
      found.set(expr.name, { slot: { name: expr.name, type: binding.type }, text: binding.text });
    return false;
  });
  return [...found.values()];
}
