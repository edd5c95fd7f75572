/**
 * Text from outside: whatever a request or the answer of a service says in words of its own. It has the label `outside` from where it comes in, so that
 * it reaches no system prompt. Claims that an identity has verified, the environment and the program's own texts are not from outside, and a number,
 * a time, a UUID, an address or one of several written words says nothing of its own, wherever it comes from.
 */
import type { ProgramState } from "./context.ts";
import { holdsNoText, OUTSIDE, withLabels } from "./labels.ts";
import type { Labels, Type } from "./type.ts";

const LABEL: Labels = [OUTSIDE];

/** Of a value that comes in. Where no `forward` has a system prompt nobody would ask, so nothing is marked. */
export function fromOutside(program: ProgramState, type: Type): Type {
  return program.judgesOutside ? outsideText(type) : type;
}

/** A type that is decoded from a value with these labels: each text of it is from outside where the value is. */
export function decodedFrom(type: Type, labels: Labels): Type {
  if (!labels.includes(OUTSIDE)) return withLabels(type, labels);
  return withLabels(
    outsideText(type),
    labels.filter((label) => label !== OUTSIDE),
  );
}

const known = new WeakMap<Type, Type>();

/** The label on each part that is a text; one and the same type for one type. */
function outsideText(type: Type): Type {
  let marked = known.get(type);
  if (marked === undefined) {
    marked = mark(type);
    known.set(type, marked);
  }
  return marked;
}

function mark(type: Type): Type {
  if (holdsNoText(type)) return type;
  switch (type.kind) {
    case "record":
      return { ...type, fields: type.fields.map((field) => ({ ...field, type: outsideText(field.type) })) };
    case "list":
      return { ...type, item: outsideText(type.item) };
    case "map":
      // Its keys are texts too.
      return withLabels({ ...type, value: outsideText(type.value) }, LABEL);
    case "optional": {
      const of = outsideText(type.of);
      return { ...type, of, labels: withLabels(type, of.labels).labels };
    }
    default:
      return withLabels(type, LABEL);
  }
}
