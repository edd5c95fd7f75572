/** `reply models(…)`: everything in it is known when compiling, so it is a reply with a text; or, where the path names one model, a choice of such replies. */
import type * as tree from "../1-syntax/tree.ts";
import type { ListingForm } from "../vocabulary/listing.ts";
import { binary, number, text } from "./build.ts";
import { bindingKey, type Context, meaningOf, originOf } from "./context.ts";
import type { Origin, Step } from "./plan.ts";

/** What clients read as a date where there is none. */
const NO_DATE = "1970-01-01T00:00:00Z";

/** How each dialect writes one model, a list of such texts, and that there is no such model. JSON texts. */
const FORMS: {
  readonly [Form in ListingForm]: {
    readonly one: (name: string) => string;
    readonly all: (models: readonly string[], names: readonly string[]) => string;
    readonly none: string;
  };
} = {
  "openai.models": {
    one: (name) => JSON.stringify({ id: name, object: "model", created: 0, owned_by: "vgw" }),
    all: (models) => `{"object":"list","data":[${models.join(",")}]}`,
    none: '{"error":{"message":"There is no such model.","type":"invalid_request_error","param":"model","code":"model_not_found"}}',
  },
  "anthropic.models": {
    one: (name) => JSON.stringify({ type: "model", id: name, display_name: name, created_at: NO_DATE }),
    all: (models, names) =>
      `{"data":[${models.join(",")}],"has_more":false,"first_id":${JSON.stringify(names[0])},"last_id":${JSON.stringify(names.at(-1))}}`,
    none: '{"type":"error","error":{"type":"not_found_error","message":"There is no such model."}}',
  },
  "gemini.models": {
    one: (name) => JSON.stringify({ name: `models/${name}`, version: "1", displayName: name }),
    all: (models) => `{"models":[${models.join(",")}]}`,
    none: '{"error":{"code":404,"message":"There is no such model.","status":"NOT_FOUND"}}',
  },
};

export function lowerListModels(context: Context, node: tree.ListModelsStep): void {
  if (context.out.mode !== "steps") return;
  const meaning = meaningOf(context, node);
  if (meaning?.kind !== "list-models") throw new Error("a list of models has its form");
  const { program, bindings } = context.body;
  const names = meaning.models.map((model) => program.models.get(model) ?? model.name);
  const form = FORMS[meaning.form];
  const origin = originOf(context, node);
  const { steps } = context.out;
  if (meaning.parameter === null) {
    steps.push(replied(origin, 200, form.all(names.map(form.one), names)));
    return;
  }
  const asked = bindings.get(bindingKey(program, context.module, meaning.parameter.id));
  if (asked === undefined) throw new Error("a path's parameter has a slot");
  for (const name of names) {
    const condition = binary("==", asked, text(name));
    steps.push({ step: "if", origin, condition, then: [replied(origin, 200, form.one(name))], otherwise: [] });
  }
  steps.push(replied(origin, 404, form.none));
}

function replied(origin: Origin, status: number, json: string): Step {
  const content = { kind: "text", value: text(json), mediaType: "application/json" } as const;
  return { step: "reply", origin, status: number(status), content };
}
