/** What a name at the top of a file stands for. */
import type * as tree from "../1-syntax/tree.ts";

export type NamedDeclaration =
  | tree.Gateway
  | tree.Service
  | tree.Identity
  | tree.Model
  | tree.TypeDeclaration
  | tree.Policy
  | tree.FunctionDeclaration
  | tree.Constant;

export type GlobalSymbol =
  | {
      readonly kind: NamedDeclaration["kind"];
      readonly name: string;
      readonly module: number;
      readonly node: NamedDeclaration;
    }
  /** The name of something that could not be read or belongs to a later version: reported already, means anything. */
  | { readonly kind: "broken"; readonly name: string; readonly module: number; readonly node: tree.Name };

/** As messages call it. */
export const kindNames: { readonly [K in GlobalSymbol["kind"]]: string } = {
  gateway: "gateway",
  service: "service",
  identity: "identity",
  model: "model",
  type: "type",
  policy: "policy",
  function: "function",
  constant: "constant",
  broken: "declaration",
};

/** Words that mean the same in every program and can't be declared. */
export const fixedNames: ReadonlySet<string> = new Set(["request", "response", "failure", "caller"]);
