/** Paths, targets and locations: text whose holes are encoded for the part of the URL in which they stand. */
import type * as tree from "../1-syntax/tree.ts";
import { STRING } from "../3-types/construct.ts";
import { encode } from "./build.ts";
import type { Context } from "./context.ts";
import { lower } from "./expression.ts";
import type { Expr } from "./plan.ts";

type Encoding = Extract<Expr, { expr: "encode" }>["as"];

/** `"/customers/{id}?page={page}"`. The rest of a path keeps its slashes; any other hole is one segment or one query value. */
export function lowerTarget(context: Context, node: tree.Expression): Expr {
  if (node.kind !== "template") return lower(context, node);
  let inQuery = false;
  const holes = node.holes.map((hole, index) => {
    inQuery ||= (node.texts[index] ?? "").includes("?");
    const value = lower(context, hole);
    return encode(value, inQuery ? "query" : pathEncoding(context, value));
  });
  return { expr: "template", type: STRING, texts: node.texts, holes };
}

function pathEncoding(context: Context, value: Expr): Encoding {
  return value.expr === "slot" && context.body.rests.has(value.name) ? "path-rest" : "path-segment";
}

/** What is part of a URL already, checked and encoded when the request came. */
const PARTS_OF_URLS = ["path", "target", "host", "hostname"];

/** Of a redirect. A hole at the very beginning is the URL that the rest is added to; the request's own parts stand as they are. */
export function lowerLocation(context: Context, node: tree.Expression): Expr {
  const value = lowerTarget(context, node);
  if (value.expr !== "template") return value;
  const holes = value.holes.map((hole, index): Expr => {
    if (hole.expr !== "encode") return hole;
    const isWhole = index === 0 && value.texts[0] === "";
    const isPart = hole.of.expr === "request" && PARTS_OF_URLS.includes(hole.of.what) && hole.as !== "query";
    return isWhole || isPart ? { ...hole, as: "text" } : hole;
  });
  return { ...value, holes };
}
