/** `read`: the door for input. Body, query, headers and cookies become typed values, or a failure that names every problem. */
import { numberLiteral } from "./literal.ts";
import type { RecordType } from "../3-types/type.ts";
import type { ReadStep } from "../5-plan/plan.ts";
import type { Body } from "./body.ts";
import { operand } from "./expression.ts";
import { formOf } from "./form.ts";
import { assign } from "./slot.ts";
import { settle } from "./step.ts";
import { anyText, textParser } from "./text.ts";
import { validator } from "./validate.ts";
import { emitFormReader } from "./urlencoded.ts";

export function emitRead(body: Body, step: ReadStep): void {
  if (cannotFail(step)) {
    assign(body, step.slot, readText(body, step));
    return;
  }
  settle(body, step.slot, readText(body, step), step.source === "body");
}

/** Any text will do, and so will none. */
function cannotFail({ source, slot, default: spare }: ReadStep): boolean {
  const { type } = slot;
  const of = type.kind === "optional" ? type.of : type;
  return source !== "body" && anyText(of) && (type.kind === "optional" || spare !== null);
}

/** The text that reads the value, or gives a failure. */
export function readText(body: Body, step: ReadStep): string {
  return step.source === "body" ? bodyText(body, step) : namedText(body, step);
}

function bodyText(body: Body, step: ReadStep): string {
  const { emission, route } = body;
  const { type } = step.slot;
  const whole = (reader: string): string =>
    `await ${emission.use(reader)}(exchange, ${numberLiteral(route.bodyLimit)})`;
  switch (step.codec) {
    case "bytes":
      return whole("readBytes");
    case "text":
      return whole("readText");
    case "form":
      return `${emitFormReader(emission, type as RecordType)}(${whole("readFormText")})`;
    case "json": {
      const of = type.kind === "optional" ? type.of : type;
      return `${emission.use("inputFrom")}(${whole("readJson")}, ${validator(emission, of, "refuse")}, ${formOf(emission, type)})`;
    }
  }
}

const SOURCES = { query: "queryValue", header: "requestHeader", cookie: "cookieValue" } as const;

function namedText(body: Body, step: ReadStep): string {
  const { emission, scope, writer } = body;
  const { type } = step.slot;
  const name = JSON.stringify(step.wireName);
  const of = type.kind === "optional" ? type.of : type;
  const absent = (): string =>
    step.default !== null
      ? operand(scope, step.default)
      : type.kind === "optional"
        ? "undefined"
        : `${emission.use("missingInput")}(${name})`;
  if (of.kind === "list") {
    const all = scope.names.take(`${step.slot.name}Texts`);
    // Several lines of one header are one text; a cookie is one anyway.
    const texts =
      step.source === "header" || step.source === "cookie"
        ? `${emission.use("textsOf")}(${emission.use(SOURCES[step.source])}(exchange, ${name}))`
        : `${emission.use("queryValues")}(exchange, ${name})`;
    writer.line(`const ${all} = ${texts};`);
    const list = `${emission.use("listFromTexts")}(${all}, ${name}, ${textParser(emission, of.item)}, ${formOf(emission, of)})`;
    if (step.default === null && type.kind !== "optional") return list;
    return `${all}.length === 0 ? ${step.default === null ? "undefined" : absent()} : ${list}`;
  }
  const source = emission.use(SOURCES[step.source === "body" ? "query" : step.source]);
  if (anyText(of))
    return type.kind === "optional" && step.default === null
      ? `${source}(exchange, ${name})`
      : `${source}(exchange, ${name}) ?? ${absent()}`;
  const text = scope.names.take(`${step.slot.name}Text`);
  writer.line(`const ${text} = ${source}(exchange, ${name});`);
  const parsed = `${textParser(emission, of)}(${text}) ?? ${emission.use("invalidText")}(${name}, ${text}, ${formOf(emission, of)})`;
  return `${text} === undefined ? ${absent()} : (${parsed})`;
}
