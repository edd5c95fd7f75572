/** Certificates and keys in settings: where they will lie when the gateway starts. Nothing of them is read here. */
import type * as tree from "../1-syntax/tree.ts";
import type { SettingType } from "../vocabulary/setting.ts";
import type { StaticValue } from "./checked.ts";
import { report } from "./context.ts";
import { STRING } from "./construct.ts";
import { environmentValue, isEnvironment } from "./environment.ts";
import { type Context, literalOf, refuse } from "./static-value.ts";

const CERTIFICATE = 'certificate("cert.pem", key: "key.pem")';

/** `dir("certs")` or `certificate("cert.pem", key: …, passphrase: …)`. undefined: reported. */
export function certificateValue(
  context: Context,
  { folder }: Extract<SettingType, { kind: "certificate" }>,
  node: tree.Expression,
): StaticValue | undefined {
  const wanted = folder ? `dir("certs") or ${CERTIFICATE}` : CERTIFICATE;
  if (node.kind !== "call" || node.callee.kind !== "reference") return refuse(context, node, wanted);
  const word = node.callee.name.text;
  if (word === "dir" && folder) {
    const path = onlyPath(context, node, "dir");
    return path === undefined ? undefined : { folder: path };
  }
  return word === "certificate" ? pairValue(context, node) : refuse(context, node, wanted);
}

/** `file("ca.pem")`. undefined: reported. */
export function fileSourceValue(context: Context, node: tree.Expression): StaticValue | undefined {
  if (node.kind !== "call" || node.callee.kind !== "reference" || node.callee.name.text !== "file")
    return refuse(context, node, 'a file: file("ca.pem")');
  const path = onlyPath(context, node, "file");
  return path === undefined ? undefined : { file: path };
}

function pairValue(context: Context, node: tree.Call): StaticValue | undefined {
  const named = new Map<string, tree.Argument>();
  for (const argument of node.arguments) {
    const name = argument.name?.text;
    if (name === undefined) continue;
    if (name !== "key" && name !== "passphrase")
      report(context.body, argument, "VGW3013", { callee: "certificate", name }, "no such argument", {
        help: "it takes a path, key and passphrase",
      });
    else if (named.has(name)) report(context.body, argument, "VGW3006", { name }, "again");
    else named.set(name, argument);
  }
  const path = firstPath(context, node, "certificate");
  const key = named.get("key");
  const passphrase = named.get("passphrase");
  if (key === undefined) {
    report(context.body, node, "VGW3011", { callee: "certificate", wanted: "key" }, "whose key?", {
      help: 'add key: "key.pem", or key: secret("KEY") with the PEM text itself',
    });
    return undefined;
  }
  const keyValue = keySource(context, key.value);
  const word = passphrase === undefined ? null : secretValue(context, passphrase.value, 'a secret: secret("WORD")');
  if (path === undefined || keyValue === undefined || word === undefined) return undefined;
  return { certificate: { file: path }, key: keyValue, passphrase: word };
}

/** A path, or the text as a secret of the environment. */
function keySource(context: Context, node: tree.Expression): StaticValue | undefined {
  if (node.kind === "call" && isEnvironment(node) && isSecret(node)) {
    const text = secretValue(context, node, 'a secret: secret("KEY")');
    return text === undefined ? undefined : { text };
  }
  const file = pathValue(context, node);
  return file === undefined ? undefined : { file };
}

function isSecret(node: tree.Call): boolean {
  return node.callee.kind === "reference" && node.callee.name.text === "secret";
}

function secretValue(context: Context, node: tree.Expression, wanted: string): StaticValue | undefined {
  if (node.kind !== "call" || !isEnvironment(node) || !isSecret(node)) return refuse(context, node, wanted);
  return environmentValue(context.body, node, "string") ?? undefined;
}

function onlyPath(context: Context, node: tree.Call, callee: string): StaticValue | undefined {
  for (const argument of node.arguments)
    if (argument.name !== null)
      report(context.body, argument, "VGW3013", { callee, name: argument.name.text }, "no such argument");
  return firstPath(context, node, callee);
}

/** The one argument without a name. */
function firstPath(context: Context, node: tree.Call, callee: string): StaticValue | undefined {
  const [first, ...more] = node.arguments.filter((argument) => argument.name === null);
  for (const argument of more)
    report(context.body, argument, "VGW3014", { callee, wanted: "one path" }, "one too many");
  if (first !== undefined) return pathValue(context, first.value);
  report(context.body, node, "VGW3011", { callee, wanted: "a path" }, "which one?");
  return undefined;
}

/** A text, or what the environment says. */
function pathValue(context: Context, node: tree.Expression): StaticValue | undefined {
  if (node.kind === "call" && isEnvironment(node)) {
    const value = isSecret(node) ? null : environmentValue(context.body, node, "string");
    if (isSecret(node) || (value !== null && value.type !== "string"))
      return refuse(context, node, 'a path, or env("NAME") that holds one');
    return value ?? undefined;
  }
  const path = literalOf(context, node, STRING);
  if (path === "") return refuse(context, node, "the path of a file or folder");
  return path;
}
