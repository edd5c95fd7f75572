/** `[a, b]`: its length is known, its item type is the join of its items or the one expected. */
import type * as tree from "../1-syntax/tree.ts";
import { type Body, report } from "./context.ts";
import { JSON_VALUE, list, NEVER, present, UNKNOWN } from "./construct.ts";
import { describeKind } from "./expect.ts";
import { check, expect } from "./expression.ts";
import { join } from "./join.ts";
import { labelledAs } from "./labels.ts";
import { describe } from "./show.ts";
import type { Type } from "./type.ts";

export function checkList(body: Body, node: tree.ListLiteral, expected: Type | null): Type {
  const item = itemOf(expected);
  const count = node.items.length;
  if (item) {
    const labelled = node.items.reduce((all, entry) => labelledAs(all, expect(body, entry, item)), item);
    return list(labelled, count, count);
  }
  let all: Type = NEVER;
  for (const entry of node.items) {
    // Nothing is expected of an item: the first one's literals would be taken for what the others must be.
    const type = check(body, entry, null);
    const joined = join(all, type);
    if (joined === null)
      report(
        body,
        entry,
        "VGW3001",
        { expected: describeKind(all), found: describe(type) },
        `each item before is ${describeKind(all)}`,
      );
    all = joined ?? UNKNOWN;
  }
  return list(all, count, count);
}

function itemOf(expected: Type | null): Type | null {
  const type = expected && present(expected);
  if (type?.kind === "list") return type.item;
  if (type?.kind === "json") return JSON_VALUE;
  if (type?.kind !== "union") return null;
  const lists = type.members.flatMap((member) => (member.kind === "list" ? [member] : []));
  return lists.length === 1 ? lists[0]!.item : null;
}

/** Whether an empty list left its item type open. */
export function isOpenList(type: Type): boolean {
  return type.kind === "list" && type.item.kind === "never";
}
