/**
 * `reply models(…)`: what does not depend on the caller is known when compiling, so it is a reply with a text; where models have conditions, a text of parts; and
 * where the path names one model, a choice of replies.
 */
import { faultDialect } from "../../runtime/model/dialect/fault.ts";
import type * as tree from "../1-syntax/tree.ts";
import { BOOL, STRING } from "../3-types/construct.ts";
import type { ListingForm } from "../vocabulary/listing.ts";
import { binary, conditional, number, text } from "./build.ts";
import { bindingKey, type Context, meaningOf, newSlot, originOf, readSlot } from "./context.ts";
import { lower } from "./expression.ts";
import type { Expr, Origin, Step } from "./plan.ts";

/** What clients read as a date where there is none. */
const NO_DATE = "1970-01-01T00:00:00Z";

interface Form {
  readonly one: (name: string) => string;
  /** A list, around and between whatever it holds: `ends` are names as JSON, or null. */
  readonly all: (models: Expr, ends: { readonly first: Expr; readonly last: Expr }) => readonly (string | Expr)[];
  readonly none: string;
}

/** How each dialect writes one model, a list of such texts, and that there is no such model. JSON texts. */
const FORMS: { readonly [Name in ListingForm]: Form } = {
  "openai.models": {
    one: (name) => JSON.stringify({ id: name, object: "model", created: 0, owned_by: "vgw" }),
    all: (models) => ['{"object":"list","data":[', models, "]}"],
    none: '{"error":{"message":"There is no such model.","type":"invalid_request_error","param":"model","code":"model_not_found"}}',
  },
  "anthropic.models": {
    one: (name) => JSON.stringify({ type: "model", id: name, display_name: name, created_at: NO_DATE }),
    all: (models, { first, last }) => [
      '{"data":[',
      models,
      '],"has_more":false,"first_id":',
      first,
      ',"last_id":',
      last,
      "}",
    ],
    none: '{"type":"error","error":{"type":"not_found_error","message":"There is no such model."}}',
  },
  "gemini.models": {
    one: (name) => JSON.stringify({ name: `models/${name}`, version: "1", displayName: name }),
    all: (models) => ['{"models":[', models, "]}"],
    none: '{"error":{"code":404,"message":"There is no such model.","status":"NOT_FOUND"}}',
  },
};

/** `shown`: null: to everybody. */
interface Listed {
  readonly name: string;
  readonly shown: Expr | null;
}

export function lowerListModels(context: Context, node: tree.ListModelsStep): void {
  if (context.out.mode !== "steps") return;
  const meaning = meaningOf(context, node);
  if (meaning?.kind !== "list-models") throw new Error("a list of models has its form");
  const { program, bindings } = context.body;
  context.body.faults ??= faultDialect(meaning.form);
  const form = FORMS[meaning.form];
  const origin = originOf(context, node);
  const { steps } = context.out;
  const listed = meaning.models.map(({ model, condition }): Listed => {
    const name = program.models.get(model) ?? model.name;
    if (condition === null) return { name, shown: null };
    // Read several times: for the model itself, and for the commas behind it.
    const slot = newSlot(context, `${name} shown`, BOOL);
    steps.push({ step: "compute", origin, slot, value: lower(context, condition) });
    return { name, shown: readSlot(slot) };
  });
  if (meaning.parameter === null) {
    const ends = { first: endOf(listed), last: endOf([...listed].reverse()) };
    steps.push(replied(origin, 200, joined(form.all(partsOf(listed, form), ends))));
    return;
  }
  const asked = bindings.get(bindingKey(program, context.module, meaning.parameter.id));
  if (asked === undefined) throw new Error("a path's parameter has a slot");
  for (const { name, shown } of listed) {
    const named = binary("==", asked, text(name));
    const condition = shown === null ? named : binary("and", named, shown);
    steps.push({ step: "if", origin, condition, then: [replied(origin, 200, text(form.one(name)))], otherwise: [] });
  }
  steps.push(replied(origin, 404, text(form.none)));
}

/** The models' texts with commas between those that are shown. */
function partsOf(listed: readonly Listed[], { one }: Form): Expr {
  /** Whether one is shown before; null: surely. */
  let before: Expr | null | false = false;
  const parts: Expr[] = [];
  for (const { name, shown } of listed) {
    const json = one(name);
    const behind = text(`,${json}`);
    const alone: Expr = before === false ? text(json) : before === null ? behind : choice(before, behind, text(json));
    parts.push(shown === null ? alone : choice(shown, alone, text("")));
    before = shown === null || before === null ? null : before === false ? shown : binary("or", before, shown);
  }
  return joined(parts);
}

/** The name of the first that is shown, as JSON. */
function endOf(listed: readonly Listed[]): Expr {
  const [first, ...rest] = listed;
  if (first === undefined) return text("null");
  const name = text(JSON.stringify(first.name));
  return first.shown === null ? name : choice(first.shown, name, endOf(rest));
}

function choice(condition: Expr, then: Expr, otherwise: Expr): Expr {
  return conditional(STRING, condition, then, otherwise);
}

/** One text, as far as it is known one constant. */
function joined(parts: readonly (string | Expr)[]): Expr {
  const texts: string[] = [""];
  const holes: Expr[] = [];
  for (const part of parts.flatMap((one) => (typeof one === "string" ? [one] : flat(one)))) {
    if (typeof part === "string") texts.push(`${texts.pop() ?? ""}${part}`);
    else {
      holes.push(part);
      texts.push("");
    }
  }
  return holes.length === 0 ? text(texts[0] ?? "") : { expr: "template", type: STRING, texts, holes };
}

function flat(part: Expr): readonly (string | Expr)[] {
  if (part.expr === "constant") return [String(part.value)];
  if (part.expr !== "template") return [part];
  return part.texts.flatMap((one, at) => [one, ...part.holes.slice(at, at + 1)]);
}

function replied(origin: Origin, status: number, json: Expr): Step {
  const content = { kind: "text", value: json, mediaType: "application/json" } as const;
  return { step: "reply", origin, status: number(status), content };
}
