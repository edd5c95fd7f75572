/** `when`: a condition that only calculates. */
import type * as tree from "../1-syntax/tree.ts";
import { condition } from "./binary.ts";
import type { Body } from "./context.ts";
import { settle } from "./failure.ts";

export function checkGuard(body: Body, guard: tree.Expression): void {
  const { where } = body;
  const mark = body.failures.length;
  body.where = "guard";
  condition(body, guard);
  body.where = where;
  settle(body, mark);
}
