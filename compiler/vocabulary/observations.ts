/** What `expect` can look at, and what `given` can fake. */

export interface ObservationEntry {
  readonly name: string;
  readonly takes: "nothing" | "name" | "service";
  /** In the notation of built-in signatures. */
  readonly type: string;
  readonly documentation: string;
  readonly example: string;
  readonly since: string;
}

export const observations: ReadonlyMap<string, ObservationEntry> = new Map(
  (
    [
      {
        name: "status",
        takes: "nothing",
        type: "int(100..599)",
        documentation: "The status of the answer.",
        example: "expect status == 200",
      },
      {
        name: "body",
        takes: "nothing",
        type: "json",
        documentation: "The answer's body: as JSON where it is JSON, else as a string.",
        example: 'expect body.name == "Ann"',
      },
      {
        name: "header",
        takes: "name",
        type: "string?",
        documentation: "A header field of the answer.",
        example: 'expect header("location") == "/new"',
      },
      {
        name: "reason",
        takes: "nothing",
        type: "string",
        documentation: "What decided the answer: the code of a problem, or the step.",
        example: 'expect reason == "forward orders"',
      },
      {
        name: "calls",
        takes: "service",
        type: "int(0..1000000)",
        documentation: "How many requests a service got.",
        example: "expect calls(orders) == 1",
      },
      {
        name: "sent",
        takes: "service",
        type: "[{method: string, path: string, headers: map(string), body: json}]",
        documentation:
          "The requests that a service got, in order: `method`, `path` (with its query), `headers` and `body`.",
        example: 'expect sent(orders)[0].path == "/orders/1"',
      },
      {
        name: "logs",
        takes: "nothing",
        type: "[json]",
        documentation: "What `log` steps wrote, in order.",
        example: 'expect "late" in logs',
      },
    ] as const
  ).map((entry) => [entry.name, { ...entry, since: "0.1" }]),
);

/** What a fake of a service may do instead of answering. */
export const fakeFailures: readonly string[] = ["timeout", "connect", "protocol"];

/** What a fake of a model may do beside: `cut("…")`, a stream that says this much and breaks off (a whole answer breaks off before anything of it is there). */
export const modelFakeFailure = "cut";

/** Facts that `given` can fix besides services, places and `env`: their type in the notation of signatures. */
export const givenFacts: { readonly [name: string]: string } = { now: "time", share: "percent" };
