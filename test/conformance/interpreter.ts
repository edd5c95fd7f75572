/** The driver that runs cases through the reference interpreter: upstreams are answers out of the case, nothing is sent anywhere. */
import { createInterpreter } from "../../compiler/5-plan/interpreter/index.ts";
import type {
  IncomingAnswer,
  InterpretedRequest,
  OutgoingRequest,
  World,
} from "../../compiler/5-plan/interpreter/index.ts";
import type { Plan } from "../../compiler/5-plan/plan.ts";
import type { Behaviour, CaseFile, CaseRequest, Driver, ExpectedLog, Running, Seen, SeenCall } from "./case.ts";
import { planOf } from "./program.ts";
import { behaviourFor } from "./upstream.ts";
import { headerValues, joined } from "./wire.ts";

/** `change` lets the mutation test give this side another plan. */
export function interpreterDriver(change: (plan: Plan) => Plan = (plan) => plan): Driver {
  return {
    name: "interpreter",
    start: async (file) => start(file, change(planOf(file))),
  };
}

function start(file: CaseFile, plan: Plan): Running {
  const interpreter = createInterpreter(plan, file.environment);
  return {
    send: async (request): Promise<Seen> => {
      const calls: SeenCall[] = [];
      const logs: ExpectedLog[] = [];
      const used = new Set<Behaviour>();
      const world: World = {
        call: async (service, outgoing) => call(file, service, outgoing, calls, used),
        now: () => Date.UTC(2026, 2, 1, 3),
        random: () => 0.5,
        log: (level, value) => {
          logs.push({ level, value: JSON.parse(JSON.stringify(value ?? null)) });
        },
      };
      const leave = request.beside === null ? null : await beside(interpreter, interpreted(request.beside), world);
      const answer = await interpreter.answer(interpreted(request), world);
      await leave?.();
      const headers = pairs(answer.headers);
      // The transport's part: the length of the whole body, unless it was HEAD's and the upstream said it.
      if (
        headerValues(headers, "content-length").length === 0 &&
        request.method !== "HEAD" &&
        answer.status !== 101 &&
        answer.status !== 204 &&
        answer.status !== 304
      ) {
        headers.push(["content-length", String(answer.body.length)]);
      }
      return { answer: { status: answer.status, headers, body: answer.body, ends: "complete" }, calls, logs };
    },
    stop: async () => {},
  };
}

/** Resolves when an upstream has heard of the request, or it was answered without one; what it gives ends it. */
function beside(
  interpreter: ReturnType<typeof createInterpreter>,
  request: InterpretedRequest,
  world: World,
): Promise<() => Promise<void>> {
  return new Promise((resolve) => {
    const over = interpreter.answer(request, {
      ...world,
      call: () =>
        new Promise((end) => {
          resolve(async () => {
            end({ failure: "protocol" });
            await over;
          });
        }),
    });
    void over.then(() => resolve(async () => {}));
  });
}

function interpreted(request: CaseRequest): Parameters<ReturnType<typeof createInterpreter>["answer"]>[0] {
  const headers = request.headers.flatMap(([name, value]) => [name.toLowerCase(), value]);
  const body = joined(request.headers, request.body);
  const isFramed = ["content-length", "transfer-encoding"].some(
    (name) => headerValues(request.headers, name).length > 0,
  );
  if (body.length > 0 && !isFramed) headers.push("content-length", String(body.length));
  return {
    method: request.method,
    target: request.target,
    host: (headerValues(request.headers, "host")[0] ?? "").toLowerCase(),
    headers,
    body,
    address: request.from,
    secure: false,
  };
}

function call(
  file: CaseFile,
  service: string,
  outgoing: OutgoingRequest,
  calls: SeenCall[],
  used: Set<Behaviour>,
): IncomingAnswer {
  const { method, target } = outgoing;
  const behaviours = file.upstreams.get(service) ?? [];
  const behaviour = behaviourFor(behaviours, method, target, used);
  if (behaviours.some((each) => each.kind === "refuse")) return { failure: "connect" };
  const headers = pairs(outgoing.headers);
  if (outgoing.body !== null) headers.push(["content-length", String(outgoing.body.length)]);
  calls.push({ service, method, target, headers, body: outgoing.body ?? new Uint8Array() });
  if (behaviour.kind === "hang") return { failure: "timeout" };
  if (behaviour.kind === "close") return { failure: "protocol" };
  const answered = behaviour.headers.flatMap(([name, value]) => [name.toLowerCase(), value]);
  const body = method === "HEAD" ? new Uint8Array() : joined(behaviour.headers, behaviour.body);
  return { status: behaviour.status, headers: answered, body };
}

function pairs(flat: readonly string[]): [string, string][] {
  const result: [string, string][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) result.push([flat[index] ?? "", flat[index + 1] ?? ""]);
  return result;
}
