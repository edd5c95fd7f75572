/** What ends a request by itself: `reply` and `deny`. */
import type * as tree from "../1-syntax/tree.ts";
import { base } from "../3-types/join.ts";
import { number } from "./build.ts";
import { type Context, meaningOf, originOf } from "./context.ts";
import { lower } from "./expression.ts";
import { embed, mediaTypeOf } from "./file.ts";
import type { Content, Expr } from "./plan.ts";
import { lowerLocation } from "./target.ts";

const TEXT = "text/plain; charset=utf-8";

export function lowerReply(context: Context, node: tree.ReplyStep): void {
  if (context.out.mode !== "steps") return;
  const inner = { ...context, hint: "answer" };
  const content: Content = node.value === null ? { kind: "empty" } : contentOf(inner, node.value);
  const usual = content.kind === "empty" ? 204 : content.kind === "redirect" ? 302 : 200;
  const status = node.status === null ? number(usual) : lower(inner, node.status);
  context.out.steps.push({ step: "reply", origin: originOf(context, node), status, content });
}

function contentOf(context: Context, node: tree.Expression): Content {
  const meaning = node.kind === "call" ? (meaningOf(context, node) ?? meaningOf(context, node.callee)) : undefined;
  if (node.kind === "call" && meaning?.kind === "builtin") {
    const [first, second] = node.arguments.map((argument) => argument.value);
    if (first !== undefined) {
      switch (meaning.name) {
        case "text":
          return { kind: "text", value: lower(context, first), mediaType: TEXT };
        case "html":
          return { kind: "text", value: lower(context, first), mediaType: "text/html; charset=utf-8" };
        case "redirect":
          return { kind: "redirect", location: lowerLocation(context, first) };
        case "file": {
          const path = first.kind === "string" ? first.value : "";
          const mediaType = second?.kind === "string" ? second.value : mediaTypeOf(path);
          return { kind: "file", mediaType, data: embed(context, path) };
        }
      }
    }
  }
  const value = lower(context, node);
  return plainContent(value);
}

/** A string is sent as text, bytes as they are, anything else as JSON. */
function plainContent(value: Expr): Content {
  const kind = base(value.type).kind;
  if (kind === "string") return { kind: "text", value, mediaType: TEXT };
  if (kind === "bytes") return { kind: "bytes", value, mediaType: "application/octet-stream" };
  return { kind: "json", value, type: value.type };
}

export function lowerDeny(context: Context, node: tree.DenyStep): void {
  if (context.out.mode !== "steps") return;
  const inner = { ...context, hint: "denial" };
  const status = node.status === null ? number(403) : lower(inner, node.status);
  const detail = node.detail === null ? null : lower(inner, node.detail);
  context.out.steps.push({ step: "deny", origin: originOf(context, node), status, detail });
}
