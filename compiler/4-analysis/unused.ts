/**
 * Declarations and values that nothing uses. There is one namespace and no shadowing, so a name is used when its text
 * stands anywhere but in its own declaration; a leading underscore says that this is meant.
 */
import { spanOf } from "../1-syntax/index.ts";
import type { Declaration, Name } from "../1-syntax/tree.ts";
import { nodesBelow } from "../1-syntax/walk.ts";
import type { CheckedModule, CheckedProgram } from "../3-types/checked.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";

interface Candidate {
  readonly name: Name;
  readonly what: string;
}

export function analyseUnused(program: CheckedProgram): Diagnostic[] {
  // A misspelt name leaves the right one unused: one mistake, one message.
  if (program.diagnostics.some(({ code, severity }) => severity === "error" && /^VGW[23]/.test(code))) return [];
  return program.modules.flatMap((module, index) => inModule(module, index === 0));
}

function inModule(module: CheckedModule, isEntry: boolean): Diagnostic[] {
  const declarations = module.tree.program.declarations;
  // In a broken file a use may stand in the part that could not be read.
  if (declarations.some((declaration) => declaration.kind === "broken")) return [];
  const used = new Set<string>();
  const out: Diagnostic[] = [];
  for (const declaration of declarations) {
    const { names, lets } = namesIn(declaration);
    for (const name of names) used.add(name);
    // A policy's values are read from outside, as `policy.name`.
    if (declaration.kind !== "route") continue;
    for (const name of lets) if (isUnused(name, names)) out.push(unused(module, { name, what: "value" }));
  }
  for (const candidate of declarations.flatMap((declaration) => declaredNames(declaration, isEntry))) {
    if (isUnused(candidate.name, used)) out.push(unused(module, candidate));
  }
  return out;
}

function isUnused(name: Name, used: ReadonlySet<string>): boolean {
  return !name.text.startsWith("_") && !used.has(name.text);
}

/** What an imported file offers may be used by others; in the entry file nothing is offered to anybody. */
function declaredNames(declaration: Declaration, isEntry: boolean): Candidate[] {
  switch (declaration.kind) {
    case "import":
      return (declaration.names ?? []).map(({ name, alias }) => ({ name: alias ?? name, what: "import" }));
    case "service":
    case "identity":
    case "model":
    case "type":
    case "function":
    case "constant":
    case "policy":
      return isEntry || declaration.isPrivate ? [{ name: declaration.name, what: declaration.kind }] : [];
    default:
      return [];
  }
}

/** The texts of all names that are used, and the `let`s. */
function namesIn(declaration: Declaration): { readonly names: ReadonlySet<string>; readonly lets: readonly Name[] } {
  const names = new Set<string>();
  const lets: Name[] = [];
  for (const node of nodesBelow(declaration)) {
    switch (node.kind) {
      case "reference":
      case "named-type":
      case "policy-use":
        names.add(node.name.text);
        break;
      case "forward":
        names.add(node.service.text);
        break;
      case "choice":
        for (const { text } of node.models) names.add(text);
        break;
      case "budget-amount":
        if (node.instead !== null) names.add(node.instead.text);
        break;
      case "identify":
        for (const { text } of node.identities) names.add(text);
        break;
      case "sent-caller":
        names.add(node.identity.text);
        break;
      case "let":
        lets.push(node.name);
        break;
      default:
    }
  }
  return { names, lets };
}

function unused(module: CheckedModule, { name, what }: Candidate): Diagnostic {
  return diagnose(
    "VGW8001",
    { what, name: name.text },
    { span: spanOf(module.tree, name.id), text: "never used" },
    { help: `remove it, or call it _${name.text} if it is meant to wait`, tags: ["unused"] },
  );
}
