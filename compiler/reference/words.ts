/** A page per declaration, step, place and label. */
import { declarations, labels, places, steps } from "../vocabulary/index.ts";
import { code, page, program, type ReferencePage } from "./markdown.ts";
import { settingTable } from "./settings.ts";

/** Groups of settings that a declaration has, and a step. */
const DECLARED: { readonly [word: string]: readonly string[] } = {
  gateway: ["gateway", "gateway.limits", "gateway.listen"],
  service: ["service"],
  identity: ["identity.jwt", "identity.api_key"],
  model: ["model", "model.choose"],
  route: ["route"],
};
const TAKEN: { readonly [kind: string]: readonly string[] } = {
  limit: ["limit"],
  concurrency: ["concurrency"],
  budget: ["budget"],
  forward: ["forward", "forward.model"],
  set: ["cookie"],
  "expression-step": ["call"],
};

export function declarationPages(): readonly ReferencePage[] {
  return declarations.map((entry) =>
    page(`declarations/${entry.word}.md`, entry.word, [
      entry.documentation,
      program(entry.syntax),
      "For example:",
      program(entry.example),
      ...(DECLARED[entry.word] ?? []).map(settingTable),
      ...(entry.word === "test" ? ["What `given` and `expect` may say: [tests](../tests.md)."] : []),
      `Since ${entry.since}.`,
    ]),
  );
}

const WHERE = {
  route: "in a route",
  policy: "in a policy",
  answer: "in `forward`'s block, when the answer's head has arrived",
};

export function stepPages(): readonly ReferencePage[] {
  return steps.map((entry) =>
    page(`steps/${entry.kind}.md`, entry.word, [
      entry.documentation,
      program(entry.syntax),
      `It may stand ${entry.places.map((place) => WHERE[place]).join(", ")}.${entry.ends ? " The request is over after it, unless a `when` guards it." : ""}`,
      "For example:",
      program(entry.example),
      ...(TAKEN[entry.kind] ?? []).map(settingTable),
      `Since ${entry.since}.`,
    ]),
  );
}

export function placePages(): readonly ReferencePage[] {
  return places.map((entry) => {
    const name = `${entry.side}.${entry.what}`;
    const uses = [
      entry.read === "always" ? "read anywhere" : entry.read === "answer" ? "read in `forward`'s block" : "",
      entry.set ? "set" : "",
      entry.remove ? "removed" : "",
    ].filter((use) => use !== "");
    return page(`places/${name}.md`, entry.named ? `${name}("name")` : name, [
      entry.documentation,
      `Its type is ${code(entry.type)}. It can be ${uses.join(", ") || "neither read nor set"}.`,
      program(entry.example),
      `Since ${entry.since}.`,
    ]);
  });
}

export function labelPages(): readonly ReferencePage[] {
  return labels.map((entry) =>
    page(`labels/${entry.name}.md`, `@${entry.name}`, [entry.documentation, `Since ${entry.since}.`]),
  );
}
