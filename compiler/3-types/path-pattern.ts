/** A route's path as written: what no request could ever match, or could match only by accident, is refused. */
import type * as tree from "../1-syntax/tree.ts";
import { type Body, report } from "./context.ts";

/** Reports the first thing that is wrong; answers whether the pattern is sound. */
export function checkPathPattern(body: Body, pattern: tree.PathPattern): boolean {
  const [first] = pattern.parts;
  if (first?.kind !== "path-literal" || !first.text.startsWith("/")) {
    return refuse(body, pattern, 'a path begins with "/"');
  }
  // Parameters since the last slash.
  let here = 0;
  for (const [index, part] of pattern.parts.entries()) {
    if (part.kind === "path-parameter") {
      here++;
      if (here > 1) {
        return refuse(
          body,
          part,
          "a segment has room for one parameter",
          "put a slash between them, or take the text apart in a step",
        );
      }
      if (part.rest && index !== pattern.parts.length - 1) {
        return refuse(body, part, "the rest of the path stands at its end");
      }
      const before = pattern.parts[index - 1];
      if (part.rest && !(before?.kind === "path-literal" && before.text.endsWith("/"))) {
        return refuse(body, part, "the rest of the path begins after a slash");
      }
      continue;
    }
    if (part.text.includes("/")) here = 0;
    const problem = literalProblem(part.text);
    if (problem) return refuse(body, part, problem.why, problem.help);
  }
  const bare = pattern.parts.every((part) => part.kind === "path-literal");
  const text = pattern.parts.map((part) => (part.kind === "path-literal" ? part.text : "x")).join("");
  if (text.split("/").some((segment) => /^(\.|%2e){1,2}$/i.test(segment))) {
    return refuse(
      body,
      pattern,
      "dot segments are resolved before routes are looked at",
      bare ? "write the path that they lead to" : undefined,
    );
  }
  return true;
}

/** `?` and `#` end a path, and an escape has two hexadecimal digits (RFC 3986 §2.1, §3.3). */
function literalProblem(text: string): { readonly why: string; readonly help?: string } | null {
  if (text.includes("?"))
    return {
      why: "a path ends before its query",
      help: 'ask for parameters in a guard: when request.query("x") == "1"',
    };
  if (text.includes("#")) return { why: "a fragment never reaches a server" };
  if (/%(?![0-9a-f]{2})/i.test(text))
    return { why: "% begins an escape of two hexadecimal digits", help: "a percent sign itself is %25" };
  if (/%00/.test(text)) return { why: "a path holds no NUL" };
  return null;
}

function refuse(body: Body, node: tree.PathPattern | tree.PathPart, why: string, help?: string): false {
  report(body, node, "VGW3034", { text: "this", type: "a path" }, why, help === undefined ? {} : { help });
  return false;
}
