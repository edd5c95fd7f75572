/**
 * Declarations and values that nothing uses. There is one namespace and no shadowing, so a name is used when its text
 * stands anywhere but in its own declaration; a leading underscore says that this is meant.
 */
import { spanOf } from "../1-syntax/index.ts";
import type { Declaration, Name } from "../1-syntax/tree.ts";
import { walk } from "../1-syntax/walk.ts";
import type { CheckedModule, CheckedProgram } from "../3-types/checked.ts";
import { type Diagnostic, diagnose } from "../diagnostics/index.ts";

interface Candidate {
  readonly name: Name;
  readonly what: string;
}

export function analyseUnused(program: CheckedProgram): Diagnostic[] {
  return program.modules.flatMap((module, index) => inModule(module, index === 0));
}

function inModule(module: CheckedModule, isEntry: boolean): Diagnostic[] {
  const declarations = module.tree.program.declarations;
  // In a broken file a use may stand in the part that could not be read.
  if (declarations.some((declaration) => declaration.kind === "broken")) return [];
  const global = declarations.flatMap((declaration) => declaredNames(declaration, isEntry));
  const used = namesUsed(module.tree.program);
  const out = global.filter(({ name }) => isUnused(name, used)).map((candidate) => unused(module, candidate));
  for (const declaration of declarations) {
    if (declaration.kind !== "route" && declaration.kind !== "policy") continue;
    const here = namesUsed(declaration);
    const locals: Candidate[] = [];
    walk(declaration, (node) => {
      // A policy's values are read from outside as `policy.name`.
      if (node.kind === "let" && declaration.kind === "route") locals.push({ name: node.name, what: "value" });
      return true;
    });
    out.push(...locals.filter(({ name }) => isUnused(name, here)).map((candidate) => unused(module, candidate)));
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
    case "type":
    case "function":
    case "constant":
    case "policy":
      return isEntry || declaration.isPrivate ? [{ name: declaration.name, what: declaration.kind }] : [];
    default:
      return [];
  }
}

/** Texts of all names below a node that are not the declaration of something. */
function namesUsed(root: Parameters<typeof walk>[0]): ReadonlySet<string> {
  const used = new Set<string>();
  walk(root, (node) => {
    switch (node.kind) {
      case "reference":
      case "named-type":
      case "policy-use":
        used.add(node.name.text);
        break;
      case "forward":
        used.add(node.service.text);
        break;
      case "record-entry":
        if (node.value.kind === "reference") used.add(node.value.name.text);
        break;
      default:
    }
    return true;
  });
  return used;
}

function unused(module: CheckedModule, { name, what }: Candidate): Diagnostic {
  return diagnose(
    "VGW8001",
    { what, name: name.text },
    { span: spanOf(module.tree, name.id), text: "never used" },
    { help: `remove it, or call it _${name.text} if it is meant to wait`, tags: ["unused"] },
  );
}
