/** Service calls: target, headers and body as one request object. */
import { numberLiteral } from "./literal.ts";
import type { CallStep } from "../5-plan/plan.ts";
import type { Body } from "./body.ts";
import { converter, textOf } from "./encode.ts";
import { expression } from "./expression.ts";
import { payloadText } from "./forward.ts";

const MEDIA_TYPES = { json: "application/json", text: "text/plain; charset=utf-8", bytes: "application/octet-stream" };

/** The call, not awaited: a promise of an answer or a failure. `signal`: the variable that can abort it. */
export function callText(body: Body, step: CallStep, signal: string | null): string {
  const { route, emission } = body;
  const service = emission.service(step.service);
  const fields = [
    `method: ${JSON.stringify(step.method)}`,
    `target: ${targetText(body, step)}`,
    `headers: ${headersText(body, step)}`,
    `body: ${step.body === null ? "null" : payloadText(body, step.body)}`,
    `timeout: ${step.timeout ?? "null"}`,
    `deadline: ${route.deadline === null ? "null" : `exchange.startedAt + ${numberLiteral(route.deadline)}`}`,
    `absentOn404: ${step.absentOn404}`,
    `signal: ${signal ?? "null"}`,
  ];
  return `${service}.call(exchange, {\n  ${fields.join(",\n  ")},\n})`;
}

function targetText(body: Body, step: CallStep): string {
  let text = expression(body.scope, step.path);
  for (const { name, value } of step.query) {
    const given = optionalText(body, value, null);
    text = `${body.emission.use("withQuery")}(${text}, ${JSON.stringify(name)}, ${given})`;
  }
  return text;
}

function headersText(body: Body, step: CallStep): string {
  const always: string[] = [];
  const optional: string[] = [];
  for (const { name, value } of step.headers) {
    const key = JSON.stringify(name);
    if (value.type.kind !== "optional") always.push(key, optionalText(body, value, "headerText"));
    else optional.push(`...${body.emission.use("headerLine")}(${key}, ${optionalText(body, value, "headerText")})`);
  }
  if (step.body !== null && !step.headers.some((header) => header.name === "content-type")) {
    always.push(`"content-type"`, JSON.stringify(MEDIA_TYPES[step.body.codec]));
  }
  return `[${[...always, ...optional].join(", ")}]`;
}

/** As text, encoded; `undefined` where an optional value is absent. */
export function optionalText(
  { emission, scope }: Pick<Body, "emission" | "scope">,
  value: CallStep["path"],
  encoder: string | null,
): string {
  if (value.type.kind !== "optional") {
    const text = textOf(scope, value);
    return encoder === null ||
      (value.expr === "constant" && typeof value.value === "string" && /^[\x21-\x7e]+$/.test(value.value))
      ? text
      : `${emission.use(encoder)}(${text})`;
  }
  let text = expression(scope, value);
  for (const name of [converter(value.type.of), encoder]) {
    if (name !== null)
      text = `${emission.use("whenPresent")}(${text}, ${name === "String" ? name : emission.use(name)})`;
  }
  return text;
}
