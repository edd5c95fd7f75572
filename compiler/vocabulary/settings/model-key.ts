/** One of several keys of a model. */
import { type Setting, setting } from "../setting.ts";

export const modelKeySettings: readonly Setting[] = [
  setting({
    key: "secret",
    type: { kind: "secret" },
    required: true,
    documentation: "The key itself, which stands in no bundle, log or error.",
    example: 'secret: secret("OPENAI_API_KEY")',
  }),
  setting({
    key: "limit",
    type: { kind: "rate" },
    documentation: "How many requests may go out with this key, over all threads. Left out: any number.",
    example: "limit: 60/min",
  }),
  setting({
    key: "tokens",
    type: { kind: "token-rate" },
    documentation:
      "How many tokens the requests with this key may have, over all threads: each counts with its estimated prompt and the cap of its answer, or 1,000 where nobody caps it. Left out: any number.",
    example: "tokens: 200ktok/min",
  }),
];
