/** Where only values are worked out: nothing that waits, or that only a step can do, stands there. */
import type { Body } from "./context.ts";

const places: { readonly [where: string]: string } = {
  guard: "in a guard",
  function: "in a function",
  lambda: "in a lambda",
  constant: "in a constant",
  setting: "in a setting",
  test: "in a test",
};

/** "in a lambda"; undefined where steps stand. */
export function purePlace(body: Body): string | undefined {
  return places[body.where];
}
