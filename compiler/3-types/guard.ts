/** `when`: a condition that only calculates. */
import type * as tree from "../1-syntax/tree.ts";
import { condition } from "./binary.ts";
import type { Body } from "./context.ts";
import { settle } from "./failure.ts";

export function checkGuard(body: Body, guard: tree.Expression): void {
  const { where } = body;
  const mark = body.failures.length;
  // In forward's block the answer can be asked about, so the guard of a step there stays in its place.
  if (where !== "answer") body.where = "guard";
  condition(body, guard);
  body.where = where;
  settle(body, mark);
}
