/** `identity`: settings by its scheme, keys that go with the algorithms, and the claims that become `caller`. */
import type { ClaimConfiguration, ClaimType } from "../../runtime/identity/configuration.ts";
import type * as tree from "../1-syntax/tree.ts";
import { kindNames } from "../2-names/index.ts";
import { identitySettings } from "../vocabulary/settings/identity.ts";
import { newBody } from "./body.ts";
import type { CheckedIdentity, StaticValue } from "./checked.ts";
import { type Body, hasSyntaxError, type ModuleState, type ProgramState, report } from "./context.ts";
import { list, present, STRING, UNKNOWN } from "./construct.ts";
import { withLabels } from "./labels.ts";
import { unknownName } from "./reference.ts";
import { checkSettings } from "./setting.ts";
import { show } from "./show.ts";
import { resolveType } from "./type-expression.ts";
import { type FieldType, NONE, type RecordType, type Type } from "./type.ts";

export function checkIdentity(program: ProgramState, module: ModuleState, node: tree.Identity): CheckedIdentity {
  const body = newBody(program, module, "setting");
  const name = node.name.text;
  const claims = checkClaims(body, node);
  const caller: RecordType = { kind: "record", name: null, fields: claims.fields, labels: NONE };
  const table = identitySettings[node.scheme.text];
  if (!table) {
    if (node.scheme.text !== "")
      report(body, node.scheme, "VGW3021", { name: "identity", wanted: "`jwt` or `api_key`" }, "one of these two");
    return { module, node, name, scheme: "jwt", settings: {}, claims: claims.read, caller };
  }
  // A setting that could not be read may be the one that is missing.
  const readable = hasSyntaxError(module, node) ? table.map((setting) => ({ ...setting, required: false })) : table;
  const written = node.settings.filter((entry) => entry.kind === "setting");
  const settings = checkSettings(body, `the identity ${name}`, readable, written, node.name);
  const scheme = node.scheme.text === "jwt" ? "jwt" : "api_key";
  if (scheme === "jwt") checkKeys(body, node, settings);
  checkNames(body, node, settings);
  return { module, node, name, scheme, settings, claims: claims.read, caller };
}

/** Exactly one of `keys` and `secret`, and only algorithms that go with it (RFC 8725 §3.1). */
function checkKeys(body: Body, node: tree.Identity, settings: { readonly [key: string]: StaticValue }): void {
  const [keys, secret, algorithms] = ["keys", "secret", "algorithms"].map((key) => settingOf(node, key));
  if (keys && secret) {
    report(body, secret, "VGW3039", { one: "keys", other: "secret" }, "one of the two", {
      related: [{ node: keys, text: "the other one" }],
    });
    return;
  }
  if (!keys && !secret && !hasSyntaxError(body.module, node)) {
    report(body, node.name, "VGW3019", { owner: `the identity ${node.name.text}`, name: "keys" }, "keys is missing", {
      help: 'add keys: jwks("https://…"), or a secret with algorithms: hs256',
    });
    return;
  }
  for (const word of wordsOf(settings.algorithms)) {
    if (algorithms && word.startsWith("hs") !== Boolean(secret))
      report(
        body,
        algorithms,
        "VGW3038",
        { algorithm: word, needed: secret ? "public `keys`" : "a `secret`" },
        secret ? "a secret goes with hs256, hs384 and hs512" : "public keys never go with hs256, hs384 or hs512",
      );
  }
}

const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function checkNames(body: Body, node: tree.Identity, settings: { readonly [key: string]: StaticValue }): void {
  const [header, cookie] = [settingOf(node, "header"), settingOf(node, "cookie")];
  if (header && cookie) {
    report(body, cookie, "VGW3039", { one: "header", other: "cookie" }, "one of the two", {
      related: [{ node: header, text: "the other one" }],
    });
  }
  for (const [setting, value] of [
    [header, Array.isArray(settings.header) ? wordsOf(settings.header) : [settings.header]],
    [cookie, [settings.cookie]],
  ] as const) {
    for (const name of value) {
      if (setting && typeof name === "string" && !FIELD_NAME.test(name))
        report(body, setting.value, "VGW3034", { text: `"${name}"`, type: "a name" }, 'such as "x-api-key"');
    }
  }
}

function settingOf(node: tree.Identity, key: string): tree.Setting | undefined {
  return node.settings.find((entry): entry is tree.Setting => entry.kind === "setting" && entry.key.text === key);
}

function wordsOf(value: StaticValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

interface Claims {
  readonly fields: readonly FieldType[];
  readonly read: readonly ClaimConfiguration[];
}

function checkClaims(body: Body, node: tree.Identity): Claims {
  const fields: FieldType[] = [];
  const read: ClaimConfiguration[] = [];
  let before: tree.Claims | null = null;
  for (const entry of node.settings) {
    if (entry.kind !== "claims") continue;
    if (before)
      report(body, entry.key, "VGW3006", { name: "claims" }, "again", {
        related: [{ node: before.key, text: "given here" }],
      });
    before = entry;
    for (const claim of entry.claims) {
      const name = claim.name.text;
      if (fields.some((field) => field.name === name)) {
        report(body, claim.name, "VGW3006", { name }, "again");
        continue;
      }
      const { type, how } = claimType(body, claim.type);
      fields.push({ name, type, default: undefined });
      if (how) read.push({ name, from: claim.from?.value ?? name, optional: type.kind === "optional", type: how });
    }
  }
  return { fields, read };
}

/** `scopes` is a list of texts with a form of its own on the wire. */
function claimType(body: Body, node: tree.TypeExpression): { readonly type: Type; readonly how: ClaimType | null } {
  if (node.kind === "named-type" && node.name.text === "scopes" && node.arguments.length === 0) {
    const type = list(STRING, 0, null);
    body.module.types.set(node.id, type);
    return { type, how: { kind: "scopes" } };
  }
  if (node.kind === "labelled-type") {
    const inner = claimType(body, node.of);
    const type = withLabels(inner.type, node.labels.map((label) => label.text).sort());
    body.module.types.set(node.id, type);
    return { type, how: inner.how };
  }
  const type = resolveType(body, node);
  if (type.kind === "unknown") return { type, how: null };
  const how = described(present(type));
  if (how === null) {
    report(body, node, "VGW3040", { type: show(type) }, "not here", {
      help: "string, int, float, bool, uuid, time, scopes, one of several strings, or a list of these",
    });
    return { type: UNKNOWN, how };
  }
  return { type, how };
}

function described(type: Type): ClaimType | null {
  switch (type.kind) {
    case "string":
      return type.pattern === null ? { kind: "string", min: type.min, max: type.max } : null;
    case "int":
      return { kind: "int", min: type.min, max: type.max };
    case "float":
      return type.min === null && type.max === null ? { kind: "float" } : null;
    case "bool":
    case "uuid":
    case "time":
      return { kind: type.kind };
    case "literal":
      return typeof type.value === "string" ? { kind: "words", words: [type.value] } : null;
    case "union": {
      const words = type.members.map((member) => (member.kind === "literal" ? member.value : null));
      return words.every((word) => typeof word === "string") ? { kind: "words", words } : null;
    }
    case "list": {
      const of = described(type.item);
      return of && { kind: "list", of, min: type.min, max: type.max };
    }
    default:
      return null;
  }
}

/** The identity that a name means, or null, which has been reported. */
export function identityNamed(body: Body, name: tree.Name): CheckedIdentity | null {
  const symbol = body.module.names.get(name.text);
  if (symbol?.kind === "identity") {
    const identity = body.program.identities.get(symbol.node as tree.Identity) ?? null;
    if (identity) body.module.meanings.set(name.id, { kind: "identity", identity });
    return identity;
  }
  if (symbol?.kind === "broken" || name.text === "") return null;
  if (symbol) {
    const values = { name: name.text, kind: kindNames[symbol.kind], wanted: "identity" };
    report(body, name, "VGW2011", values, "an identity is expected here");
  } else {
    const known = [...body.module.names].flatMap(([key, { kind }]) => (kind === "identity" ? [key] : []));
    unknownName(body, name, known);
  }
  return null;
}
