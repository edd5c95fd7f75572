/** Settings that say which requests a model takes, and under which names clients ask for the models of a choice. */
import { type Setting, setting } from "../setting.ts";
import { supportWords } from "../needs.ts";

export const fitSettings: readonly Setting[] = [
  setting({
    key: "context",
    type: { kind: "tokens", min: 1, max: 100_000_000 },
    documentation:
      "How long a prompt may be. A request with a longer one, as estimated (a token for four bytes of text, 1,000 for an image), is not sent to this model: a choice passes it over for the next, and where nobody is left the client gets the dialect's own error for a prompt that is too long. Left out: the provider decides.",
    example: "context: 128ktok",
  }),
  setting({
    key: "supports",
    type: { kind: "list", of: { kind: "word", words: supportWords }, min: 0, single: true },
    documentation:
      "What the model can take of `tools`, `images`, `image_urls`, `audio`, `files`, `json` and `json_schema`. A request with anything else of these is not sent to it: a choice passes it over for the next, and where nobody is left the client gets a 400 that names the field. Left out: whatever the provider can be told.",
    example: "supports: [tools, images]",
  }),
  setting({
    key: "region",
    type: { kind: "regions", several: false },
    documentation:
      "Where the model's provider works on requests, as a word of the program's own choosing, for choices that demand one.",
    example: "region: eu",
  }),
  setting({
    key: "deprecated",
    type: { kind: "date" },
    documentation:
      "The day on which the provider takes the model away; the compiler warns of every model with one, so that nobody finds out on that day. Left out: the built-in list of what providers have announced, for exactly this name at the provider's usual place. `never`: no warning, whatever the list says. The day itself changes nothing in a running gateway, and nothing in what compiles.",
    example: "deprecated: 2026-12-01",
  }),
  setting({
    key: "successor",
    type: { kind: "string" },
    documentation: "With `deprecated`: which model takes the place of this one; part of the warning.",
    example: 'successor: "gpt-5-mini"',
  }),
];

export const choiceFitSettings: readonly Setting[] = [
  setting({
    key: "region",
    type: { kind: "regions", several: true },
    default: [],
    documentation:
      "Only models whose `region` is one of these are asked, first or as `fallback`; the others are left out when compiling. Where none is left the program does not compile.",
    example: "region: eu",
  }),
  setting({
    key: "clearance",
    type: { kind: "labels" },
    default: [],
    documentation:
      "Only models that are cleared for all of these labels are asked, first or as `fallback`; the others are left out when compiling. So one choice for labelled bodies and one for all others can name the same models. Where none is left the program does not compile. Left out: whatever the choice names, and a route whose bodies carry a label that one of them is not cleared for does not compile.",
    example: "clearance: pii",
  }),
  setting({
    key: "aliases",
    type: { kind: "aliases" },
    default: {},
    documentation:
      "Which model is asked first, by the model's name in the client's request: whole names, or beginnings with `*` behind them, of which the longest holds. It goes before `prefer`; `fallback` holds as ever. The answer names the model as the client did. The choice's own name means the choice. Only conversations go by names: embeddings, moderations and counts of tokens go by `prefer`.",
    example: 'aliases: { "gpt-4o": mini, "claude-*": large }',
  }),
  setting({
    key: "unknown",
    type: { kind: "word", words: ["refuse", "choose"] },
    default: "refuse",
    documentation:
      "With `aliases`: what a request for a model of another name gets. `refuse`: the dialect's own 404. `choose`: whichever the choice prefers.",
    example: "unknown: choose",
  }),
];
