/** Identities: what the checker knows of them, in the members that the host asks for. Key files are embedded. */
import { dirname, join } from "node:path";
import type { ClaimConfiguration, ClaimType } from "../../runtime/identity/configuration.ts";
import type { CheckedIdentity, StaticValue } from "../3-types/checked.ts";
import type { RecordType } from "../3-types/type.ts";
import type { Program } from "./context.ts";
import { FileError } from "./file.ts";
import type { IdentityPlan } from "./plan.ts";
import { noteVariables } from "./service.ts";

/** Throws `FileError` where a file of keys cannot be read: a program cannot be built without what it checks with. */
export function lowerIdentity(program: Program, identity: CheckedIdentity): IdentityPlan {
  noteVariables(program, identity.settings);
  const file = program.modules.get(identity.module) ?? 0;
  const name = program.identities.get(identity) ?? identity.name;
  const claims = identity.claims.map(claimOf);
  const configuration =
    identity.scheme === "jwt"
      ? { scheme: "jwt", name, ...jwt(program, identity), claims }
      : { scheme: "api_key", name, ...apiKey(program, identity), claims };
  return { name, origin: { file, node: identity.node.id }, caller: callerType(name, identity), configuration };
}

/** Named after the identity, so that the generated code has a name for it. */
export function callerType(name: string, { caller }: CheckedIdentity): RecordType {
  return { ...caller, name: `${name} caller` };
}

type Members = { readonly [key: string]: StaticValue };

function jwt(program: Program, identity: CheckedIdentity): Members {
  const { settings } = identity;
  const { issuer = "", audience = [], leeway = 0, type = null, cookie = null, secret = null } = settings;
  const credential =
    typeof cookie === "string"
      ? { from: "cookie", name: cookie }
      : { from: "header", name: lowerCase(settings.header) };
  const keys: Members = secret === null ? publicKeys(program, identity) : { kind: "secret", secret };
  const algorithms = wordsOf(settings.algorithms);
  const usual = secret === null ? ["rs256", "ps256", "es256", "eddsa"] : ["hs256"];
  const names = (algorithms.length > 0 ? algorithms : usual).map(registeredName);
  return { issuer, audience, algorithms: names, keys, credential, leeway, type };
}

function publicKeys(program: Program, identity: CheckedIdentity): Members {
  const { keys = null, refresh = 0 } = identity.settings;
  if (isRecord(keys) && keys.kind === "jwks") return { kind: "url", url: keys.url ?? "", refresh };
  return { kind: "set", text: textOf(program, identity, keys) };
}

function apiKey(program: Program, identity: CheckedIdentity): Members {
  const { header, keys = null } = identity.settings;
  return { headers: wordsOf(header).map((name) => name.toLowerCase()), keys: textOf(program, identity, keys) };
}

/** Of a file: its text; of the environment: the variable. */
function textOf(program: Program, identity: CheckedIdentity, keys: StaticValue): StaticValue {
  if (!isRecord(keys) || keys.kind !== "file") return keys;
  const place = join(dirname(identity.module.tree.file), String(keys.path));
  const data = program.readFile(place);
  if (data === null)
    throw new FileError(
      `${place} cannot be read, but the identity ${identity.name} takes its keys from it.`,
      "Put the file there: what it says is built in. `env(NAME)` takes the keys when the gateway starts instead.",
    );
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch {
    throw new FileError(
      `${place} is no UTF-8, so the identity ${identity.name} cannot take its keys from it.`,
      "Write the keys as JSON in UTF-8.",
    );
  }
}

function isRecord(value: StaticValue): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wordsOf(value: StaticValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

function lowerCase(value: StaticValue | undefined): string {
  return String(value ?? "").toLowerCase();
}

/** As RFC 7518 and RFC 8037 write it. */
function registeredName(word: string): string {
  return word === "eddsa" ? "EdDSA" : word.toUpperCase();
}

function claimOf({ name, from, optional, type }: ClaimConfiguration): Members {
  return { name, from, optional, type: claimType(type) };
}

function claimType(type: ClaimType): Members {
  return type.kind === "list" ? { ...type, of: claimType(type.of) } : { ...type };
}
