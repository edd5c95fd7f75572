/** Signatures of built-ins as types: read when first used (a program uses few), matched against arguments, and filled in. */
import { builtins } from "../vocabulary/builtins/index.ts";
import type { Builtin } from "../vocabulary/builtin.ts";
import { parseSignature, parseSignatureType, type Signature, type SignatureType } from "../vocabulary/signature.ts";
import {
  BOOL,
  FLOAT,
  functionOf,
  INT,
  int,
  list,
  literal,
  map,
  money,
  optional,
  simple,
  STRING,
  UNKNOWN,
} from "./construct.ts";
import { base, join, widen } from "./join.ts";
import { isSimpleName } from "./type-expression.ts";
import type { SimpleName, Type } from "./type.ts";
import { NONE } from "./type.ts";
import { hasText } from "./text.ts";

let methods: ReadonlyMap<string, readonly string[]> | null = null;

export function builtinOf(key: string): Builtin | undefined {
  return builtins.get(key);
}

/** Names of functions, without methods. */
export function functionNames(): readonly string[] {
  return [...builtins.keys()].filter((key) => !key.includes("."));
}

/** Names after the dot, of a receiver type. */
export function methodNames(receiver: string): readonly string[] {
  if (!methods) {
    const found = new Map<string, string[]>();
    for (const key of builtins.keys()) {
      const [type = "", name] = key.split(".");
      if (name) found.set(type, [...(found.get(type) ?? []), name]);
    }
    methods = found;
  }
  return methods.get(receiver) ?? [];
}

const parsed = new Map<string, Signature>();
export function signatureOf(builtin: Builtin): Signature {
  let signature = parsed.get(builtin.signature);
  if (!signature) {
    signature = parseSignature(builtin.signature);
    parsed.set(builtin.signature, signature);
  }
  return signature;
}

export type Bindings = Map<string, Type>;

/** What a signature's type is, as far as its variables are known; null: some are not. */
export function instantiate(type: SignatureType, bindings: Bindings): Type | null {
  switch (type.kind) {
    case "named":
      return named(type.name, type.min, type.max);
    case "variable":
      return bindings.get(type.name) ?? null;
    case "literal":
      return literal(type.value);
    case "list": {
      const item = instantiate(type.item, bindings);
      return item && list(item);
    }
    case "map": {
      const value = instantiate(type.value, bindings);
      return value && map(value);
    }
    case "optional": {
      const of = instantiate(type.of, bindings);
      return of && optional(of);
    }
    case "union": {
      const members = type.members.map((member) => instantiate(member, bindings));
      if (members.some((member) => member === null)) return null;
      return { kind: "union", members: members.flatMap((member) => (member ? [member] : [])), labels: NONE };
    }
    case "record": {
      const fields = type.fields.map((field) => ({
        name: field.name,
        type: instantiate(field.type, bindings),
        default: undefined,
      }));
      if (fields.some((field) => field.type === null)) return null;
      return {
        kind: "record",
        name: null,
        fields: fields.map((field) => ({ ...field, type: field.type ?? UNKNOWN })),
        labels: NONE,
      };
    }
    case "function": {
      const parameters = type.parameters.map((parameter) => instantiate(parameter, bindings));
      const result = instantiate(type.result, bindings);
      if (result === null || parameters.some((parameter) => parameter === null)) return null;
      return functionOf(
        parameters.flatMap((parameter) => (parameter ? [parameter] : [])),
        result,
      );
    }
  }
}

function named(name: string, min: number | null, max: number | null): Type {
  switch (name) {
    case "string":
    case "zone":
      return STRING;
    case "int":
      return min === null || max === null ? INT : int(min, max);
    case "float":
      return FLOAT;
    case "bool":
      return BOOL;
    case "money":
      return money("USD");
    default:
      return isSimpleName(name) || name === "content" || name === "null" ? simple(name as SimpleName) : UNKNOWN;
  }
}

const numbers = new Set(["int", "float", "percent", "money", "duration", "size"]);
const ordered = new Set([...numbers, "string", "time", "date"]);

/** Binds the variables of `wanted` to parts of `found`. False: it does not fit the shape or a variable's rule. */
export function bind(wanted: SignatureType, found: Type, bindings: Bindings): boolean {
  if (found.kind === "unknown" || found.kind === "never") {
    bindOpen(wanted, found, bindings);
    return true;
  }
  switch (wanted.kind) {
    case "variable":
      return bindVariable(wanted.name, found, bindings);
    case "list":
      return found.kind === "list" && bind(wanted.item, found.item, bindings);
    case "map":
      return found.kind === "map" && bind(wanted.value, found.value, bindings);
    case "optional":
      return found.kind === "null" || bind(wanted.of, found.kind === "optional" ? found.of : found, bindings);
    default:
      // Without variables inside: judged by assigning.
      return true;
  }
}

function bindOpen(wanted: SignatureType, found: Type, bindings: Bindings): void {
  if (wanted.kind === "variable") {
    const before = bindings.get(wanted.name);
    if (!before) bindings.set(wanted.name, found);
  } else if (wanted.kind === "list") bindOpen(wanted.item, found, bindings);
  else if (wanted.kind === "map") bindOpen(wanted.value, found, bindings);
  else if (wanted.kind === "optional") bindOpen(wanted.of, found, bindings);
}

function bindVariable(name: string, found: Type, bindings: Bindings): boolean {
  const kind = base(found).kind;
  if (name === "N" && !numbers.has(kind)) return false;
  if (name === "O" && !ordered.has(kind)) return false;
  if (name === "S" && !hasText(found)) return false;
  const before = bindings.get(name);
  // Adding up leaves every range behind.
  const type = name === "N" ? widen(found) : found;
  const joined = before ? join(before, type) : type;
  if (!joined) return false;
  bindings.set(name, joined);
  return true;
}

/** What a variable's rule asks for, in words. */
export function ruleOf(name: string): string {
  if (name === "N") return "a number or an amount";
  if (name === "O") return "something that has an order";
  if (name === "S") return "something that has a text form";
  return "a value";
}

export function signatureTypeOf(text: string): Type {
  return instantiate(parseSignatureType(text), new Map()) ?? UNKNOWN;
}

/** Whether a variable occurs in the type. */
export function mentions(type: SignatureType, variable: string): boolean {
  switch (type.kind) {
    case "variable":
      return type.name === variable;
    case "list":
      return mentions(type.item, variable);
    case "map":
      return mentions(type.value, variable);
    case "optional":
      return mentions(type.of, variable);
    case "union":
      return type.members.some((member) => mentions(member, variable));
    case "record":
      return type.fields.some((field) => mentions(field.type, variable));
    case "function":
      return mentions(type.result, variable) || type.parameters.some((parameter) => mentions(parameter, variable));
    default:
      return false;
  }
}
