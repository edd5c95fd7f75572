/** The page of what tests in the language can give and expect. */
import { fakeFailures, givenFacts, modelFakeFailure, observations, sendSettings } from "../vocabulary/index.ts";
import { code, page, program, type ReferencePage, table } from "./markdown.ts";

const EXAMPLE = `test "when the first is overloaded, the next one answers" {
  given mini = 503, claude = "Four."
  send POST "/v1/chat/completions" as staff(id: "u1", team: "sales") {
    body: { model: "any", messages: [{ role: "user", content: "Two and two?" }] }
  }
  expect status == 200, body.choices[0].message.content == "Four."
  expect calls(mini) == 1, sent(claude)[0].body.messages[0].role == "user"
}`;

export function testsPage(): ReferencePage {
  const failures = fakeFailures.map(code).join(", ");
  const given = [
    [
      code('orders.get("/orders/*") = { id: 1 }'),
      "A service answers 200 with this as JSON; a `*` at the end stands for any rest.",
    ],
    [code('orders.any("*") = 503'), `A status alone, or what fails: ${failures}.`],
    [
      code('mini = "Four."'),
      "A model says this, in its provider's own dialect, streamed or not; of embeddings and counts of tokens the value does not matter.",
    ],
    [code("mini = 429"), `A status alone, or what fails: ${failures}.`],
    [
      code(`mini = ${modelFakeFailure}("Four")`),
      "A stream that says so much and breaks off; a request that was not for a stream loses its connection.",
    ],
    [code("mini = { … }"), "The provider's whole answer, as JSON."],
    [
      code("spent(assistant) = 98%"),
      "What is spent of each budget of a model, a choice or a policy in the present period, whatever it counts by.",
    ],
    [
      code('spent("trial") = 100%'),
      'The same of the `budget` steps that are called so: `budget $1/day by caller.id { name: "trial" }`.',
    ],
    ...Object.entries(givenFacts).map(([name, type]) => [
      code(`${name} = …`),
      `A ${code(type)}, which stays as it is until something else is given.`,
    ]),
    [code("request.address = 10.1.2.3"), "Where requests come from."],
    [code('env("X") = "…"'), "A variable of the environment, of `secret` too."],
  ];
  return page("tests.md", "What tests can say", [
    "A test gives, sends and expects, in any order and as often as it likes; `expect` looks at the latest `send`. What a test does not give is not there: a request to a service or a model that has no fake fails the test. The clock stands still; `advance 10s` moves it. `vgw test` runs them against the reference interpreter, `vgw test --compiled` against what the gateway would run.",
    program(EXAMPLE),
    `## given\n\n${table(["fact", "what it does"], given)}`,
    `## send\n\n${code('send POST "/path" as identity(claim: value) { … }')} with these settings; without ${code("as")} nobody is known.\n\n${table(
      ["setting", "what it says"],
      sendSettings.map((setting) => [`[${setting.key}](settings/send.${setting.key}.md)`, setting.documentation]),
    )}`,
    `## expect\n\n${table(
      ["observation", "type", "what it is", "example"],
      [...observations.values()].map(({ name, type, documentation, example }) => [
        code(name),
        code(type),
        documentation,
        code(example),
      ]),
    )}`,
  ]);
}
