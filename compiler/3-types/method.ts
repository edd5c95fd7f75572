/** Methods of routes and of requests that tests send. */
import type * as tree from "../1-syntax/tree.ts";
import { nearest } from "../2-names/index.ts";
import { type Body, report, span } from "./context.ts";

/** Registered methods that a gateway passes on (IANA), without CONNECT and TRACE, which end at the first proxy. */
const methods = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "QUERY",
  "PROPFIND",
  "PROPPATCH",
  "MKCOL",
  "COPY",
  "MOVE",
  "LOCK",
  "UNLOCK",
  "REPORT",
  "SEARCH",
  "PURGE",
  "any",
]);

/** Known, and each once. `any` stands for all of them in routes. */
export function checkMethods(body: Body, written: readonly tree.Name[]): void {
  const seen = new Set<string>();
  for (const method of written) {
    if (seen.has(method.text)) report(body, method, "VGW3006", { name: method.text }, "again");
    seen.add(method.text);
    if (methods.has(method.text) || method.text === "") continue;
    const likely = methods.has(method.text.toUpperCase()) ? method.text.toUpperCase() : nearest(method.text, methods);
    report(body, method, "VGW3027", { name: method.text }, "a method is expected here", {
      help: likely && `did you mean ${likely}?`,
      fixes: likely
        ? [{ title: `Write ${likely}`, kind: "maybe", edits: [{ span: span(body.module, method), text: likely }] }]
        : [],
    });
  }
}
