/** What `reply` can send other than JSON. These stand only in a `reply`; the plan holds them as its content. */
import type { Builtin } from "../builtin.ts";

export const contentBuiltins: readonly Builtin[] = [
  {
    key: "text",
    signature: "(value: string) -> content",
    fails: null,
    runtime: "",
    needs: "nothing",
    labels: "carry",
    documentation: "Plain text: `text/plain; charset=utf-8`.",
    example: { source: 'text("hello")', value: null },
    since: "0.1",
  },
  {
    key: "html",
    signature: "(value: string) -> content",
    fails: null,
    runtime: "",
    needs: "nothing",
    labels: "carry",
    documentation: "An HTML page: `text/html; charset=utf-8`. Holes are not escaped: do not put input into them.",
    example: { source: 'html("<p>hello</p>")', value: null },
    since: "0.1",
  },
  {
    key: "file",
    signature: "(path: string, type: string?) -> content",
    fails: null,
    runtime: "",
    needs: "nothing",
    labels: "carry",
    documentation:
      "A file beside the program, embedded when building; the media type follows its extension unless it is given.",
    example: { source: 'file("robots.txt")', value: null },
    since: "0.1",
  },
  {
    key: "redirect",
    signature: "(location: string) -> content",
    fails: null,
    runtime: "",
    needs: "nothing",
    labels: "carry",
    documentation: "Sends the client elsewhere: `Location`, with status 302 unless the reply states another.",
    example: { source: 'redirect("/new")', value: null },
    since: "0.1",
  },
];
