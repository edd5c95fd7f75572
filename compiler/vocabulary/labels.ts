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
      "Data about a person. It may go to services whose `clearance` names it; it may not go to a log line, nor to a caller whom nothing has identified.",
    since: "0.1",
  },
  {
    name: "secret",
    documentation:
      'A credential. `secret("X")` has it from the start. It may go only to services whose `clearance` names it, never to a log line or a response. Comparing with it is allowed and takes constant time.',
    since: "0.1",
  },
  {
    name: "outside",
    documentation: "Text that came from outside. It is kept for the sinks of later versions; nothing refuses it yet.",
    since: "0.1",
  },
];
