/** What an `expect` can look at, as values of the slots that the lowering of observations reads. */
import { firstHeader } from "../5-plan/interpreter/headers.ts";
import type { OutgoingRequest } from "../5-plan/interpreter/index.ts";
import type { Plan } from "../5-plan/plan.ts";
import type { State } from "./run.ts";

export function observe(state: State, plan: Plan): Map<string, unknown> {
  const { answer, sent, logs } = state;
  const slots = new Map<string, unknown>();
  if (answer === null) return slots;
  slots.set("status", answer.status);
  slots.set("body", bodyValue(answer.body, answer.headers));
  slots.set("headers", headerMap(answer.headers));
  slots.set("reason", answer.reason);
  slots.set("logs", [...logs]);
  for (const { name } of [...plan.services, ...plan.models]) {
    const requests = sent.filter((one) => one.service === name).map((one) => one.request);
    slots.set(`calls ${name}`, requests.length);
    slots.set(`sent ${name}`, requests.map(sentValue));
  }
  return slots;
}

/** JSON where it says so, else text. */
function bodyValue(body: Uint8Array, headers: readonly string[]): unknown {
  const text = new TextDecoder().decode(body);
  if (!/[/+]json\b/.test(firstHeader(headers, "content-type") ?? "")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Several lines of one field are joined. */
function headerMap(headers: readonly string[]): { [name: string]: string } {
  const map: { [name: string]: string } = Object.create(null);
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? "";
    const before = map[name];
    map[name] = before === undefined ? (headers[i + 1] ?? "") : `${before}, ${headers[i + 1]}`;
  }
  return map;
}

function sentValue(request: OutgoingRequest): object {
  const { method, target, headers, body } = request;
  return { method, path: target, headers: headerMap(headers), body: bodyValue(body ?? new Uint8Array(), headers) };
}
