/** The labels that the language itself knows. Authors may use others: a label is known by being written. */

export interface LabelEntry {
  readonly name: string;
  readonly documentation: string;
  readonly since: string;
}

export const labels: readonly LabelEntry[] = [
  {
    name: "pii",
    documentation:
      "Data about a person. It may go to services and models whose `clearance` names it; it may not go to a log line, nor to a caller whom nothing has identified; a path with such a part stands in no log and no trace. That bodies of a route that asks models hold it, the route says (`carries: pii`).",
    since: "0.1",
  },
  {
    name: "secret",
    documentation:
      'A credential. `secret("X")` has it from the start. It may go only to services and models whose `clearance` names it, never to a log line or a response. Comparing with it is allowed and takes constant time.',
    since: "0.1",
  },
  {
    name: "outside",
    documentation:
      "Text that came from outside: what a request says in words (body, path, query, header fields, cookies), what services answer, and what an author marks so, such as a claim that its owner can choose. It has the label without being written, keeps it through every expression, also through `mask` and `redact`, and reaches no system prompt (`system` of a `forward` to a model); it may go anywhere else. Numbers, times, UUIDs, addresses and one of several written words never have it: they say nothing in words of their own.",
    since: "0.1",
  },
];
