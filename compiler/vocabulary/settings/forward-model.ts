/** The settings of a `forward` to a model. */
import { type Setting, setting } from "../setting.ts";
import { needWords } from "../needs.ts";

/** Of a `forward` that counts the tokens of what another would send. */
export const countSettings: ReadonlySet<string> = new Set(["system", "client_system"]);

export const forwardModelSettings: readonly Setting[] = [
  setting({
    key: "system",
    type: { kind: "expression", type: "string" },
    documentation:
      'Instructions for the model, put before whatever the client gives as its own (`client_system`), in any dialect. Text from outside (the label `@outside`) does not compile here: whatever a client wrote (body, path, query, header fields, cookies) and what services answered, over every way that a value takes, could rewrite the instructions; neither quoting nor hiding parts of it helps. A value that says nothing in words of its own may stand here, wherever it comes from: a number, a bool, a UUID, a time, an address, or one of several written words (`read query lang: "en" | "fr"`, `match`). Claims that an identity has verified may too: mark one `@outside` whose words its owner can choose. Other labels need the clearance of every model that may be asked. Where there are instructions, the request is written anew, also where client and provider speak the same dialect. A route that counts tokens (`as anthropic.count_tokens`) takes the same instructions: with them its number is that of what would be sent.',
    example: 'system: "You help customers of the shop. Answer in {lang}."',
  }),
  setting({
    key: "client_system",
    type: { kind: "word", words: ["keep", "drop", "refuse"] },
    default: "keep",
    documentation:
      "What becomes of instructions that the client gives: messages of role `system` or `developer`, `instructions`, `system`, `systemInstruction`. `keep`: they follow those of `system`. `drop`: they are left out. `refuse`: a request with some is answered with 400. With `drop` and `refuse`, a request whose instructions lie with the provider (`previous_response_id`, `conversation`, `prompt`, `item_reference`, `cachedContent`) or come in another form (`chat_template`) is answered with 400, since nobody here can see them.",
    example: "client_system: drop",
  }),
  setting({
    key: "sticky",
    type: { kind: "expression", type: "string" },
    documentation:
      "Requests for which this gives the same go to the same model of a choice, so that a conversation stays with one, and with what its provider has cached of it: a caller, a session, anything that has a text form. Each model has its share of all values, by `weights` where `prefer` has them; one that cannot be asked is passed over for the next in an order that is the same for this value, in every thread and after every start, and so is the order in which those of `fallback` follow. Nothing is kept for it. It stands in the place of `prefer`, so a choice that prefers the cheapest, the fastest or the least loaded cannot be asked with it.",
    example: "sticky: caller.id",
  }),
  setting({
    key: "needs",
    type: { kind: "list", of: { kind: "word", words: needWords }, min: 1, single: true },
    default: [],
    documentation:
      "What clients of this route use, so that every model which may be asked must be able to: one whose provider cannot be told does not compile. Left out, a request with something that a provider cannot be told is passed on to the next model of a choice, or answered with 400. What each provider can be told stands in the reference (`models`), and in `vgw why FILE` for the models of a route.",
    example: "needs: [tools, images]",
  }),
];
