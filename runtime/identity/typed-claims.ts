/** The claims that a program reads, as values of their declared types: judged once, when the token or key is verified. */
import type { ClaimConfiguration, ClaimType } from "./configuration.ts";
import { uuidFromText } from "../value/uuid.ts";
import type { JsonObject } from "./strict-json.ts";

/** What `caller` is: a record whose fields are the declared claims, in the runtime's representation. */
export type Caller = { readonly [claim: string]: unknown };

const WRONG = Symbol("wrong");
/** The last second of the year 9999, the last that a time has a text for. */
const LAST_SECOND = 253_402_300_799;
/** RFC 6749 §3.3: printable ASCII but for quote and backslash. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** null: a claim is missing or is not of its type. */
export function typedClaims(source: JsonObject, claims: readonly ClaimConfiguration[]): Caller | null {
  const caller: { [claim: string]: unknown } = {};
  for (const { name, from, optional, type } of claims) {
    const given = Object.hasOwn(source, from) ? source[from] : undefined;
    if (given === undefined || given === null) {
      if (!optional) return null;
      caller[name] = undefined;
      continue;
    }
    const value = typed(given, type);
    if (value === WRONG) return null;
    caller[name] = value;
  }
  return caller;
}

function typed(value: unknown, type: ClaimType): unknown {
  switch (type.kind) {
    case "string":
      return typeof value === "string" && lengthFits([...value].length, type) ? value : WRONG;
    case "words":
      return typeof value === "string" && type.words.includes(value) ? value : WRONG;
    case "uuid":
      return (typeof value === "string" ? uuidFromText(value) : undefined) ?? WRONG;
    case "bool":
      return typeof value === "boolean" ? value : WRONG;
    case "int":
      return typeof value === "number" && Number.isSafeInteger(value) && value >= type.min && value <= type.max
        ? value
        : WRONG;
    case "float":
      return typeof value === "number" && Number.isFinite(value) ? value : WRONG;
    case "time":
      return typeof value === "number" && value >= 0 && value <= LAST_SECOND ? Math.floor(value * 1000) : WRONG;
    case "scopes":
      return scopesFrom(value);
    case "list": {
      if (!Array.isArray(value) || !lengthFits(value.length, type)) return WRONG;
      const items = value.map((item: unknown) => typed(item, type.of));
      return items.includes(WRONG) ? WRONG : items;
    }
  }
}

function lengthFits(length: number, { min, max }: { readonly min: number; readonly max: number | null }): boolean {
  return length >= min && (max === null || length <= max);
}

/** Between single spaces (RFC 6749 §3.3, RFC 9068 §2.2.3), or a list, as some issuers send it. */
function scopesFrom(value: unknown): readonly string[] | typeof WRONG {
  const list: readonly unknown[] | null =
    typeof value === "string" ? (value === "" ? [] : value.split(" ")) : Array.isArray(value) ? value : null;
  if (list === null) return WRONG;
  const scopes = list.filter((one): one is string => typeof one === "string" && SCOPE.test(one));
  return scopes.length === list.length ? scopes : WRONG;
}
