/** `request.…` and `response.…`: read in expressions, changed by `set` and `remove`. What may be done where stands in the vocabulary. */
import type * as tree from "../1-syntax/tree.ts";
import { nearest } from "../2-names/index.ts";
import { type PlaceEntry, places } from "../vocabulary/places.ts";
import type { Place } from "./checked.ts";
import { type Body, report, span } from "./context.ts";
import { STRING, UNKNOWN } from "./construct.ts";
import { expect } from "./expression.ts";
import { fromOutside } from "./outside.ts";
import { labelledPlace } from "./received.ts";
import { signatureTypeOf } from "./signature.ts";
import type { Type } from "./type.ts";

/** RFC 9110, section 5.6.2: a token. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** The gateway's own: they frame messages and name hops (RFC 9110, section 7.6.1). */
const connectionFields = new Set([
  "connection",
  "content-length",
  "transfer-encoding",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
]);

interface Written {
  readonly entry: PlaceEntry;
  readonly call: tree.Call | null;
  readonly member: tree.Member;
}

const placeTypes = new Map<PlaceEntry, Type>();
function typeOf(entry: PlaceEntry): Type {
  let type = placeTypes.get(entry);
  if (!type) {
    type = signatureTypeOf(entry.type);
    placeTypes.set(entry, type);
  }
  return type;
}

/** The place that an expression names; null: no place (reported where it begins like one). */
function writtenPlace(body: Body, node: tree.Expression): Written | null {
  const call = node.kind === "call" ? node : null;
  const member = call ? call.callee : node;
  if (member.kind !== "member" || member.object.kind !== "reference") return null;
  const side = member.object.name.text;
  if (side !== "request" && side !== "response") return null;
  const entry = places.find((place) => place.side === side && place.what === member.name.text);
  if (entry) return { entry, call, member };
  if (member.name.text === "") return null;
  const known = places.filter((place) => place.side === side).map((place) => place.what);
  const likely = nearest(member.name.text, known);
  report(body, member.name, "VGW3003", { type: side, name: `\`${member.name.text}\`` }, "no such place", {
    help: likely ? `did you mean ${likely}?` : `it has ${known.join(", ")}`,
    fixes: likely
      ? [{ title: `Write ${likely}`, kind: "maybe", edits: [{ span: span(body.module, member.name), text: likely }] }]
      : [],
  });
  return null;
}

export function isPlace(node: tree.Expression): boolean {
  const member = node.kind === "call" ? node.callee : node;
  return (
    member.kind === "member" &&
    member.object.kind === "reference" &&
    (member.object.name.text === "request" || member.object.name.text === "response")
  );
}

/** Reads a place in an expression. */
export function readPlace(body: Body, node: tree.Member | tree.Call): Type {
  const written = writtenPlace(body, node);
  if (!written) return UNKNOWN;
  const { entry } = written;
  checkName(body, written, false);
  if (["function", "constant", "setting", "test"].includes(body.where)) {
    report(
      body,
      node,
      "VGW3022",
      {},
      body.where === "function" ? "a function gets what it needs as arguments" : "no request is there",
    );
    return UNKNOWN;
  }
  if (entry.read === "never") {
    report(body, node, "VGW6104", { place: text(entry), done: "read", where: "" }, "it can only be set or removed");
    return UNKNOWN;
  }
  if (entry.read === "answer" && !body.answering)
    report(
      body,
      node,
      "VGW6104",
      { place: text(entry), done: "read", where: "here" },
      "known only when a service has answered",
      {
        help: "move this into the block of forward: forward service { … }",
      },
    );
  body.module.meanings.set(node.id, { kind: "place", place: { side: entry.side, what: entry.what } as Place });
  const place = { side: entry.side, what: entry.what } as Place;
  return labelledPlace(body, place, keyOf(written), fromOutside(body.program, typeOf(entry)));
}

/** The place that a `set` or `remove` step changes, with the type of what it takes; null: reported. */
export function changedPlace(
  body: Body,
  node: tree.Expression,
  done: "set" | "removed",
): { readonly entry: PlaceEntry; readonly type: Type; readonly key: string } | null {
  if (node.kind === "broken") return null;
  if (!isPlace(node)) {
    report(body, node, "VGW3031", { done }, "not part of a request or response");
    return null;
  }
  const written = writtenPlace(body, node);
  if (!written) return null;
  const { entry } = written;
  if (!(done === "set" ? entry.set : entry.remove)) {
    report(body, node, "VGW3031", { done }, `${text(entry)} can only be read`);
    return null;
  }
  checkName(body, written, true);
  if (entry.side === "request" && body.where === "answer") {
    report(
      body,
      node,
      "VGW6104",
      { place: text(entry), done, where: "here" },
      "the request has been forwarded already",
      {
        help: "set it before forward",
      },
    );
    return null;
  }
  body.module.meanings.set(node.id, { kind: "place", place: { side: entry.side, what: entry.what } as Place });
  return { entry, type: typeOf(entry), key: keyOf(written) ?? "" };
}

/** The name in brackets; null: any, where it is no written text. */
function keyOf({ entry, call }: Written): string | null {
  if (!entry.named) return "";
  const name = call?.arguments[0]?.value;
  return name?.kind === "string" ? name.value : null;
}

function text(entry: PlaceEntry): string {
  return `${entry.side}.${entry.what}`;
}

/** `header("x")` takes one name; where it is changed, a literal one. */
function checkName(body: Body, { entry, call, member }: Written, changed: boolean): void {
  if (!entry.named) {
    if (call)
      report(body, call, "VGW3015", { what: text(entry) }, "it has no name in brackets", {
        help: `write ${text(entry)}`,
      });
    return;
  }
  const [argument, ...more] = call?.arguments ?? [];
  if (!argument) {
    report(body, call ?? member, "VGW3011", { callee: text(entry), wanted: "a name" }, "which one?", {
      help: `${text(entry)}("name")`,
    });
    return;
  }
  for (const other of more) report(body, other, "VGW3014", { callee: text(entry), wanted: "one name" }, "one too many");
  const name = argument.value;
  expect(body, name, STRING);
  if (name.kind !== "string") {
    if (changed && name.kind !== "broken")
      report(body, name, "VGW3022", {}, "the name is written as a text without holes");
    return;
  }
  if (entry.what === "header") headerName(body, name, changed);
  else if (entry.what === "cookie" && !TOKEN.test(name.value))
    report(body, name, "VGW3025", { name: `"${name.value}"` }, "the name of a cookie is expected here");
}

export function headerName(body: Body, node: tree.StringLiteral | tree.Name, changed: boolean): void {
  const name = node.kind === "string" ? node.value : node.text;
  if (!TOKEN.test(name)) report(body, node, "VGW3025", { name: `"${name}"` }, "letters, digits and - are usual");
  else if (changed && connectionFields.has(name.toLowerCase()))
    report(body, node, "VGW3025", { name: `"${name}"` }, "the gateway sets this field itself");
}
