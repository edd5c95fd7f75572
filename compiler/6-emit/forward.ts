/** `forward`: the request handed to a service, with what `set request.…` changed, and steps for when its head arrives. */
import { numberLiteral } from "./literal.ts";
import type { ForwardStep } from "../5-plan/plan.ts";
import { type Body, end, fail, guarded, leaveIfAborted } from "./body.ts";
import { expression } from "./expression.ts";
import { textOf } from "./encode.ts";
import { requestChanges } from "./place.ts";
import { replaysBody } from "./replay.ts";
import { serialiseText } from "./serialise.ts";
import { emitSteps } from "./step.ts";
import { someExpression, waits } from "./walk.ts";

export function emitForward(body: Body, step: ForwardStep): void {
  const { emission, writer, route } = body;
  const service = emission.service(step.service);
  const changes = requestChanges(route.steps);
  const unchanged = !changes.headers && !changes.query && !changes.path;
  const standard = body.onFailure.kind === "standard";
  const replays = step.body === null && replaysBody(route.steps);
  const plain = step.body === null && step.timeout === null && step.silence === null && step.webSocket === null;
  if (unchanged && standard && !replays && plain && step.answer.length === 0) {
    end(
      body,
      `${emission.use("forward")}(exchange, ${service}, ${numberLiteral(route.bodyLimit)}, ${route.deadline === null ? "null" : numberLiteral(route.deadline)})`,
    );
    return;
  }
  const target = targetText(body);
  const payload = replays ? replayText(body) : bodyText(body, step);
  const open = `${callOf(body, step, service, standard)}{`;
  const result = standard ? "" : body.scope.names.take("failure");
  for (const signal of body.pending) writer.line(`${signal}.abort();`);
  writer.line(standard ? `return ${open}` : `const ${result} = await ${open}`);
  writer.indented(() => {
    writer.line(target === "target" ? "target," : `target: ${target},`);
    writer.line(changes.headers ? "edits," : "edits: null,");
    writer.line(`body: ${payload},`);
    writer.line(`timeout: ${step.timeout ?? "null"},`);
    if (step.silence !== null) writer.line(`silence: ${numberLiteral(step.silence)},`);
    writer.line(
      `deadline: ${route.deadline === null ? "null" : `exchange.startedAt + ${numberLiteral(route.deadline)}`},`,
    );
    writer.line(`bodyLimit: ${numberLiteral(route.bodyLimit)},`);
    if (step.answer.length === 0) writer.line("answer: null,");
    else emitAnswer(body, step);
  });
  writer.line("});");
  if (standard) return;
  leaveIfAborted(body);
  guarded(body, `${result} !== null`, (inner) => fail(inner, () => result));
  writer.line("return;");
}

/** What takes the exchange, up to its last argument. */
function callOf({ emission }: Body, step: ForwardStep, service: string, standard: boolean): string {
  if (step.webSocket === null) return `${service}.${standard ? "proxy" : "forward"}(exchange, `;
  const { idle, message } = step.webSocket;
  const settings = `{ idle: ${numberLiteral(idle)}, message: ${numberLiteral(message)} }`;
  return `${emission.use(standard ? "proxyWebSocket" : "forwardWebSocket")}(exchange, ${service}, ${settings}, `;
}

function targetText(body: Body): string {
  const { emission, route, writer } = body;
  const changes = requestChanges(route.steps);
  if (!changes.path && !changes.query) return `${emission.use("requestTarget")}(exchange)`;
  const path = changes.path ? "forwardPath" : "exchange.path";
  const query = changes.query ? "forwardQuery" : "exchange.query";
  const name = body.scope.names.take("target");
  writer.line(`const ${name} = ${emission.use("rewrittenTarget")}(${path}, ${query});`);
  guarded(body, `${name} instanceof ${emission.use("Failure")}`, (inner) => fail(inner, () => name));
  return name;
}

/** The client's own bytes, kept because they are needed more than once. */
export function replayText(body: Body): string {
  const { emission, route, writer } = body;
  const name = body.scope.names.take("received");
  writer.line(`const ${name} = await ${emission.use("replayedBody")}(exchange, ${numberLiteral(route.bodyLimit)});`);
  leaveIfAborted(body);
  guarded(body, `${name} instanceof ${emission.use("Failure")}`, (inner) => fail(inner, () => name));
  return name;
}

const MEDIA_TYPES = { json: "application/json", text: "text/plain; charset=utf-8", bytes: "application/octet-stream" };

function bodyText(body: Body, step: ForwardStep): string {
  if (step.body === null) return "null";
  return `{ data: ${payloadText(body, step.body)}, mediaType: "${MEDIA_TYPES[step.body.codec]}" }`;
}

/** A value as the body of a request. */
export function payloadText(body: Body, payload: Pick<NonNullable<ForwardStep["body"]>, "codec" | "value">): string {
  switch (payload.codec) {
    case "json":
      return serialiseText(body.emission, payload.value.type, expression(body.scope, payload.value));
    case "text":
      return textOf(body.scope, payload.value);
    case "bytes":
      return expression(body.scope, payload.value);
  }
}

/** The steps of the block after `forward s`: run when the upstream's head has arrived; true when they answered themselves. */
function emitAnswer(body: Body, step: ForwardStep): void {
  const { writer } = body;
  const async = waits(step.answer);
  const reads = someExpression(
    step.answer,
    (expr) => expr.expr === "response-header" || expr.expr === "response-status",
  );
  const head = reads ? "head" : "";
  writer.line(`answer: ${async ? "async " : ""}(${head}) => {`);
  writer.indented(() => {
    const scope = body.scope.inner();
    scope.head = reads ? "head" : "null";
    const usage = body.usage;
    const goesOn = emitSteps(
      {
        ...body,
        scope,
        usage,
        ending: "return true",
        onFailure: { kind: "standard" },
        pending: [],
        started: new Map(),
      },
      step.answer,
    );
    if (goesOn) writer.line("return false;");
  });
  writer.line("},");
}
