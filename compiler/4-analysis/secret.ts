/** Secrets written into the source: they would stand in the repository, the bundle and every backup of both. */
import { spanOf } from "../1-syntax/index.ts";
import type { Expression, StringLiteral } from "../1-syntax/tree.ts";
import { nodesBelow, type WalkedNode } from "../1-syntax/walk.ts";
import type { CheckedModule, CheckedProgram } from "../3-types/checked.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";

/** Prefixes that providers document for their keys, and the heads of private keys and signed tokens. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/^sk-[A-Za-z0-9_-]{16,}$/, "an API key"],
  [/^(sk|rk)_(live|test)_[A-Za-z0-9]{16,}$/, "a Stripe key"],
  [/^gh[pousr]_[A-Za-z0-9]{30,}$/, "a GitHub token"],
  [/^xox[abposr]-[A-Za-z0-9-]{10,}$/, "a Slack token"],
  [/^AKIA[0-9A-Z]{16}$/, "an AWS access key"],
  [/^AIza[0-9A-Za-z_-]{35}$/, "a Google API key"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"],
  [/^(Bearer )?eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*$/, "a signed token"],
  [/^(Basic|Bearer) [A-Za-z0-9+/=._~-]{8,}$/, "credentials"],
  [/^[a-z][a-z0-9+.-]*:\/\/[^/@\s:]+:[^/@\s]+@/i, "a URL with a password"],
];

const NAMES = /(^|[-_])(token|secret|password|passwd|api[-_]?key|authorization|private[-_]?key)$/i;
const MINIMUM = 8;

export function analyseSecrets(program: CheckedProgram): Diagnostic[] {
  return program.modules.flatMap(inModule);
}

function inModule(module: CheckedModule): Diagnostic[] {
  const out: Diagnostic[] = [];
  const reported = new Set<number>();
  const report = (literal: StringLiteral, what: string): void => {
    if (reported.has(literal.id)) return;
    reported.add(literal.id);
    out.push(
      diagnose(
        "VGW5010",
        { what },
        { span: spanOf(module.tree, literal.id), text: "readable by whoever reads the source" },
        { help: 'give it by the environment: secret("NAME")' },
      ),
    );
  };
  for (const declaration of module.tree.program.declarations) {
    // Tests run against fakes; what stands there opens nothing.
    if (declaration.kind === "test") continue;
    for (const node of nodesBelow(declaration)) {
      if (node.kind === "string") {
        const shape = SHAPES.find(([pattern]) => pattern.test(node.value));
        if (shape) report(node, shape[1]);
      }
      const pair = namedValue(node);
      if (pair?.value.kind === "string" && pair.value.value.length >= MINIMUM && NAMES.test(pair.name)) {
        report(pair.value, `the value of \`${pair.name}\``);
      }
    }
  }
  return out;
}

/** `key: value`, `name: value` in a call or record, and `set request.header("name") = value`. */
function namedValue(node: WalkedNode): { readonly name: string; readonly value: Expression } | null {
  switch (node.kind) {
    case "setting":
    case "record-entry":
      return { name: node.key.text, value: node.value };
    case "argument":
      return node.name ? { name: node.name.text, value: node.value } : null;
    case "set": {
      const name = node.place.kind === "call" ? node.place.arguments[0]?.value : undefined;
      return name?.kind === "string" ? { name: name.value, value: node.value } : null;
    }
    case "binary": {
      const name = node.left.kind === "call" ? node.left.arguments[0]?.value : undefined;
      return node.operator === "==" && name?.kind === "string" ? { name: name.value, value: node.right } : null;
    }
    default:
      return null;
  }
}
