/** A zone of the IANA database as the value of a setting, checked against the rules of zones that come with Node. */
import { isZone } from "../../runtime/value/zone.ts";
import type * as tree from "../1-syntax/tree.ts";
import { nearest } from "../2-names/index.ts";
import type { StaticValue } from "./checked.ts";
import { STRING } from "./construct.ts";
import { report, span } from "./context.ts";
import { type Context, literalOf } from "./static-value.ts";

/** `"Europe/Berlin"`. Its name as the database writes it, so that one zone has one name wherever it is counted by. */
export function zoneValue(context: Context, node: tree.Expression): StaticValue | undefined {
  const name = literalOf(context, node, STRING);
  if (typeof name !== "string") return undefined;
  const known = Intl.supportedValuesOf("timeZone");
  const meant = known.find((zone) => zone.toLowerCase() === name.toLowerCase());
  // Older names of zones are taken too; offsets are none.
  if (meant === name || (meant === undefined && /^[A-Za-z]/.test(name) && isZone(name))) return name;
  const likely = meant ?? nearest(name, known);
  report(
    context.body,
    node,
    "VGW3034",
    { text: `"${name}"`, type: "a time zone" },
    "a name such as Europe/Paris is expected here",
    likely === null
      ? {}
      : {
          help: `did you mean "${likely}"?`,
          fixes: [
            {
              title: `Write "${likely}"`,
              kind: "maybe",
              edits: [{ span: span(context.body.module, node), text: `"${likely}"` }],
            },
          ],
        },
  );
  return undefined;
}
