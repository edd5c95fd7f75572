/** What of a request each provider of models can be told, from the tables that its codec is held to. */
import { FEATURES } from "../../runtime/model/dialect/support.ts";
import { operationProviders, operations } from "../vocabulary/operations.ts";
import { retirements } from "../vocabulary/retirements.ts";
import { bedrockFamilies, supportTables } from "../vocabulary/support.ts";
import { code, page, type ReferencePage, table } from "./markdown.ts";

/** By the word for it in a program. */
const PROVIDERS = [...supportTables];

const DIFFERING = FEATURES.filter(
  (feature) => new Set([...bedrockFamilies.values()].map((support) => support[feature].support)).size > 1,
);

function familiesThat(fits: (note: string) => boolean, tools: boolean): string {
  return [...bedrockFamilies]
    .filter(([, support]) => (support.tools.support !== "refused") === tools && fits(support.stream.note))
    .map(([name]) => name)
    .join(", ");
}

export function modelsPage(): ReferencePage {
  return page("models.md", "What providers can be told", [
    "Every client's request is read into one form, and written from it in the provider's. **mapped**: said in its own way, nothing lost. **emulated**: said in another way with the same effect. **dropped**: left out, for it does not change what the answer means. **refused**: it cannot be said, and a request with it gets an error that names the field; `choose` goes on to the next model that can. Where client and provider speak the same dialect, the request's own bytes are passed on, with more than stands here.",
    table(
      ["", ...PROVIDERS.map(([name]) => code(name))],
      FEATURES.map((feature) => [feature, ...PROVIDERS.map(([, support]) => support[feature].support)]),
    ),
    "## Beside conversations\n\nWhat is asked with `forward … as …` of models of which providers; any other is an error of the compiler.",
    table(
      ["", "asked of"],
      operations.map(({ word, operation }) => [code(word), operationProviders[operation].map(code).join(", ")]),
    ),
    "## Bedrock's families\n\nWhich of Converse's fields a model takes is known by its name, also behind a region (`us.…`), in an ARN, or as `foundation_model` says it. Where nothing is known of a name the compiler warns, and does as under *others*. Families differ in this:",
    table(
      ["", ...DIFFERING.map((feature) => feature)],
      [...bedrockFamilies].map(([name, support]) => [name, ...DIFFERING.map((feature) => support[feature].support)]),
    ),
    "With tools, models of which the table below says so are asked whole where a stream is wanted, and the answer is given as a stream once it is there.",
    table(
      ["tools in streams", ""],
      [
        ["as a stream", familiesThat((note) => !note.includes("whole"), true)],
        ["whole", familiesThat((note) => note.includes("whole"), true)],
        ["no tools", familiesThat(() => true, false)],
      ],
    ),
    "## Ends that providers have announced\n\nThe compiler warns of a model with one of these names at its provider's usual place ([VGW8012](diagnostics/VGW8012.md)); `deprecated` of the model says another day, or `never`. Azure, Bedrock and Vertex AI have days of their own. What sources do not agree on is left out: at the time of writing the day of Gemini 2.5, which has been moved several times.",
    table(
      ["provider", "models", "from this day on gone", "successor", "source"],
      retirements().map(({ provider, names, day, successor, source, checked }) => [
        code(provider),
        names.map(code).join(", "),
        day,
        successor === null ? "" : code(successor),
        `${source}, as of ${checked}`,
      ]),
    ),
    ...PROVIDERS.map(([name, support]) => {
      const notes = FEATURES.filter((feature) => support[feature].note !== "");
      return notes.length === 0
        ? ""
        : `## ${code(name)}\n\n${notes.map((feature) => `- ${feature}: ${support[feature].note}`).join("\n")}`;
    }),
  ]);
}
