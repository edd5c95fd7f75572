/** The reader of cases: what it understands, and what it says about a mistake. */
import { describe, expect, it } from "vitest";
import { corpus } from "./corpus.ts";
import { readCase } from "./read.ts";

const GOOD = `title: A title
rule: RFC 9110 §15.5.5

=== program
route GET "/" open { reply "x" }

=== upstream s
GET /a*
200
x: y

body
---
any
hang

=== request one
@from 127.0.0.9
POST /a HTTP/1.1
host: h
X-A: 1

{"a":1}

=== answer
@body partial
201
x-a: 1
!x-b

{"b":2}

=== calls
s GET /a
---
s GET /b

=== log
warn {"c":3}
`;

describe("a case", () => {
  it("is read", () => {
    const file = readCase("a.case", GOOD);
    expect(file.program).toBe('vgw 1\ngateway edge { }\nroute GET "/" open { reply "x" }\n');
    expect(file.upstreams.get("s")).toMatchObject([
      {
        method: "GET",
        target: "/a*",
        kind: "answer",
        status: 200,
        headers: [["x", "y"]],
        body: new Uint8Array(Buffer.from("body")),
      },
      { method: null, target: null, kind: "hang" },
    ]);
    expect(file.cases).toMatchObject([
      {
        title: "one",
        request: {
          method: "POST",
          target: "/a",
          from: "127.0.0.9",
          beside: null,
          headers: [
            ["host", "h"],
            ["X-A", "1"],
          ],
        },
        answer: {
          status: 201,
          rule: "partial",
          headers: [
            { name: "x-a", value: "1" },
            { name: "x-b", value: null },
          ],
        },
        calls: [
          { service: "s", target: "/a" },
          { service: "s", target: "/b" },
        ],
        logs: [{ level: "warn", value: { c: 3 } }],
      },
    ]);
  });

  it.each([
    ["title: A title\n", "", "a.case:1: there is no title:"],
    ["rule: RFC 9110 §15.5.5\n", "", "a.case:1: there is no rule: (where does the expectation come from?)"],
    [
      "=== program",
      "=== programm",
      "a.case:4: === programm is none of program, file, environment, upstream, request, answer, calls, log",
    ],
    ["=== request one", "=== request", "a.case:17: === request needs a title"],
    ["POST /a HTTP/1.1", "POST /a", 'a.case:19: "POST /a" is not "METHOD target HTTP/1.1"'],
    ["X-A: 1", "X-A 1", 'a.case:21: "X-A 1" is not a header line'],
    ["=== answer", "=== log", "a.case:17: this request has no === answer"],
    ["201\n", "ok\n", 'a.case:27: "ok" is not a status'],
    ["@body partial", "@body some", 'a.case:27: @body is json, partial or any, not "some"'],
    ["s GET /b", "s /b", 'a.case:36: "s /b" is not "SERVICE METHOD target"'],
    ['warn {"c":3}', "warn {c}", "a.case:39: {c} is not JSON"],
    ["hang", "hangs", 'a.case:15: "hangs" is neither a status nor hang, close, refuse or cut STATUS'],
  ])("with %j as %j is refused", (from, to, message) => {
    expect(() => readCase("a.case", GOOD.replace(from, to))).toThrow(message);
  });
});

describe("the corpus", () => {
  const files = corpus();
  it("has at least 150 cases", () => expect(files.flatMap((file) => file.cases).length).toBeGreaterThanOrEqual(150));
  it("has no two cases of one title in a file", () => {
    for (const file of files)
      expect(new Set(file.cases.map((one) => one.title)).size, file.path).toBe(file.cases.length);
  });
});
