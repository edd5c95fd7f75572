/** `send`: a request as a client would send it. */
import type * as tree from "../1-syntax/tree.ts";
import type { CheckedModule } from "../3-types/checked.ts";
import type { InterpretedRequest, World } from "../5-plan/interpreter/index.ts";
import { textOf } from "../5-plan/interpreter/value.ts";
import { sentCaller } from "./caller.ts";
import type { Expressions } from "./expression.ts";
import { payload } from "./given.ts";
import type { State } from "./run.ts";

const HOST = "test.example";

/** RFC 6455 §4.1, with its own example of a key. */
const HANDSHAKE = [
  ...["upgrade", "websocket", "connection", "Upgrade"],
  ...["sec-websocket-version", "13", "sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="],
];

export async function readSend(
  step: tree.SendStep,
  module: CheckedModule,
  state: State,
  expressions: Expressions,
  world: World,
): Promise<InterpretedRequest> {
  const setting = (key: string): tree.Expression | null =>
    step.settings.find((one) => one.key.text === key)?.value ?? null;
  const value = async (key: string): Promise<unknown> => {
    const node = setting(key);
    return node === null ? undefined : expressions.value(module, node, new Map(), world);
  };
  const host = String((await value("host")) ?? HOST);
  const headers: string[] = ["host", host, ...(await headersOf(setting("headers"), module, expressions, world))];
  if ((await value("websocket")) === true) headers.push(...HANDSHAKE);
  let body: Uint8Array = new Uint8Array();
  const node = setting("body");
  const type = node === null ? undefined : expressions.typeOf(module, node);
  if (node !== null && type !== undefined) {
    const sent = payload(await value("body"), type);
    body = sent.body;
    if (!headers.includes("content-type")) headers.push(...sent.headers);
    headers.push("content-length", String(body.length));
  }
  return {
    method: step.method.text,
    target: await expressions.target(module, step.path, world),
    host,
    headers,
    body,
    address: String((await value("address")) ?? state.address),
    secure: (await value("scheme")) === "https",
    callers: await Promise.all(step.callers.map((caller) => sentCaller(caller, module, expressions, world))),
  };
}

/** Of a record, by field, or of a map. */
async function headersOf(
  node: tree.Expression | null,
  module: CheckedModule,
  expressions: Expressions,
  world: World,
): Promise<string[]> {
  if (node?.kind !== "record") return [];
  const headers: string[] = [];
  for (const entry of node.entries) {
    if (entry.kind === "spread") continue;
    const type = expressions.typeOf(module, entry.value);
    const value = await expressions.value(module, entry.value, new Map(), world);
    if (type !== undefined && value !== undefined) headers.push(entry.key.text.toLowerCase(), textOf(value, type));
  }
  return headers;
}
