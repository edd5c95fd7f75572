/**
 * Labels on types. A label on a record or list is on the whole of it; fields and items have their own besides. While a
 * function's body is checked each of its parameters carries a private label (`#0`, `#1` …), so that the result's type
 * tells which arguments flow into it; a call puts the argument's labels in their place. `#0-` stands for those but `outside`, `#0+` for `outside` alone.
 */
import type { Label, Labels, Type } from "./type.ts";
import { NONE } from "./type.ts";

export function union(a: Labels, b: Labels): Labels {
  if (b.length === 0 || a === b) return a;
  if (a.length === 0) return b;
  if (b.every((label) => a.includes(label))) return a;
  return [...new Set([...a, ...b])].sort();
}

/** The type with these labels on the whole of it: `outside` only where it can be text. */
export function withLabels<T extends Type>(type: T, labels: Labels): T {
  if (labels.length === 0) return type;
  const all = union(type.labels, fitting(type, labels));
  if (all === type.labels) return type;
  if (type.kind === "optional") return { ...type, of: withLabels(type.of, labels), labels: all };
  return { ...type, labels: all };
}

/** Whether no value of this type says anything in words of its own: numbers, times, addresses, one of several written words. */
export function holdsNoText(type: Type): boolean {
  switch (type.kind) {
    case "optional":
      return holdsNoText(type.of);
    case "union":
      return type.members.every(holdsNoText);
    default:
      return wordless.has(type.kind);
  }
}

const wordless: ReadonlySet<Type["kind"]> = new Set([
  "int",
  "float",
  "bool",
  "uuid",
  "time",
  "date",
  "duration",
  "size",
  "rate",
  "percent",
  "ip",
  "cidr",
  "money",
  "literal",
  "null",
]);

function fitting(type: Type, labels: Labels): Labels {
  return labels.length > 0 && holdsNoText(type) ? withoutOutside(labels) : labels;
}

function withoutOutside(labels: Labels): Labels {
  return labels.flatMap((label) => {
    if (label === OUTSIDE || (isPrivate(label) && label.endsWith("+"))) return [];
    return isPrivate(label) && !label.endsWith("-") ? [`${label}-`] : [label];
  });
}

/** What hiding parts of a text leaves: it is still a text from outside. */
export function onlyOutside(labels: Labels): Labels {
  return labels.flatMap((label) => {
    if (label === OUTSIDE || (isPrivate(label) && label.endsWith("+"))) return [label];
    return isPrivate(label) && !label.endsWith("-") ? [`${label}+`] : [];
  });
}

const deepCache = new WeakMap<Type, Labels>();

/** The labels of a value of this type and of everything in it. */
export function deepLabels(type: Type): Labels {
  switch (type.kind) {
    case "record":
    case "list":
    case "map":
    case "optional":
    case "union": {
      const known = deepCache.get(type);
      if (known) return known;
      const labels = partsOf(type).reduce((all, part) => union(all, deepLabels(part)), type.labels);
      deepCache.set(type, labels);
      return labels;
    }
    default:
      return type.labels;
  }
}

function partsOf(type: Type): readonly Type[] {
  switch (type.kind) {
    case "record":
      return type.fields.map((field) => field.type);
    case "list":
      return [type.item];
    case "map":
      return [type.value];
    case "optional":
      return [type.of];
    case "union":
      return type.members;
    default:
      return [];
  }
}

/** Every label of the type, at any depth, through `change`. */
export function mapLabels(type: Type, change: (labels: Labels) => Labels): Type {
  if (deepLabels(type).length === 0) return type;
  const labels = type.labels.length === 0 ? NONE : fitting(type, change(type.labels));
  switch (type.kind) {
    case "record":
      return {
        ...type,
        fields: type.fields.map((field) => ({ ...field, type: mapLabels(field.type, change) })),
        labels,
      };
    case "list":
      return { ...type, item: mapLabels(type.item, change), labels };
    case "map":
      return { ...type, value: mapLabels(type.value, change), labels };
    case "optional":
      return { ...type, of: mapLabels(type.of, change), labels };
    case "union":
      return { ...type, members: type.members.map((member) => mapLabels(member, change)), labels };
    default:
      return { ...type, labels };
  }
}

/** A declared type with the labels of its value besides, each where the value has it: naming a type lowers nothing. */
export function labelledAs(declared: Type, found: Type): Type {
  if (declared === found || deepLabels(found).length === 0) return declared;
  const whole = withLabels(declared, found.labels);
  if (found.kind === "optional" && whole.kind !== "optional") return labelledAs(whole, found.of);
  switch (whole.kind) {
    case "optional":
      return { ...whole, of: labelledAs(whole.of, found.kind === "optional" ? found.of : found) };
    case "record": {
      if (found.kind !== "record") break;
      const fields = whole.fields.map((field) => {
        const other = found.fields.find(({ name }) => name === field.name);
        return other ? { ...field, type: labelledAs(field.type, other.type) } : field;
      });
      return { ...whole, fields };
    }
    case "list":
      return found.kind === "list" ? { ...whole, item: labelledAs(whole.item, found.item) } : withAll(whole, found);
    case "map":
      return found.kind === "map" ? { ...whole, value: labelledAs(whole.value, found.value) } : withAll(whole, found);
    default:
      break;
  }
  return withAll(whole, found);
}

const withAll = (type: Type, found: Type): Type => withLabels(type, deepLabels(found));

/** The labels that the value has somewhere where the declared type does not say so. */
export function extraLabels(declared: Type, found: Type): Labels {
  if (declared === found || deepLabels(found).length === 0) return NONE;
  const own = found.labels.filter((label) => !declared.labels.includes(label));
  const parts = (pairs: readonly (readonly [Type, Type])[]): Labels =>
    pairs.reduce<Labels>((all, [wanted, given]) => union(all, extraLabels(wanted, given)), own);
  if (declared.kind === "optional") return parts([[declared.of, found.kind === "optional" ? found.of : found]]);
  if (declared.kind === "list" && found.kind === "list") return parts([[declared.item, found.item]]);
  if (declared.kind === "map" && found.kind === "map") return parts([[declared.value, found.value]]);
  if (declared.kind === "record" && found.kind === "record")
    return parts(
      declared.fields.flatMap((field) => {
        const other = found.fields.find(({ name }) => name === field.name);
        return other ? [[field.type, other.type] as const] : [];
      }),
    );
  const known = deepLabels(declared);
  return union(
    own,
    deepLabels(found).filter((label) => !known.includes(label)),
  );
}

export const parameterLabel = (index: number): Label => `#${index}`;

/** Labels with those of arguments in place of parameters' private ones. */
export function ofArguments(labels: Labels, flows: readonly Labels[]): Labels {
  return labels.reduce<Labels>((all, label) => {
    if (!isPrivate(label)) return union(all, [label]);
    const flow = flows[Number.parseInt(label.slice(1), 10)] ?? NONE;
    return union(all, label.endsWith("+") ? onlyOutside(flow) : label.endsWith("-") ? withoutOutside(flow) : flow);
  }, NONE);
}

function isPrivate(label: Label): boolean {
  return label.startsWith("#");
}

/** Labels that authors can see. */
export const visible = (labels: Labels): Labels => labels.filter((label) => !isPrivate(label));

/** Where a text came from is no secret: `outside` is judged where a system prompt is made, and nowhere else. */
export const judged = (labels: Labels): Labels => visible(labels).filter((label) => label !== OUTSIDE);

export const OUTSIDE: Label = "outside";
