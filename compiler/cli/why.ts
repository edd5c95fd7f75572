/** `vgw why`: one request through the reference interpreter, every decision with its place in the source. No service or model is called. */
import { createInterpreter, type IncomingAnswer, renderTrace, type World } from "../5-plan/interpreter/index.ts";
import { lower } from "../5-plan/index.ts";
import { testEnvironment } from "../testing/index.ts";
import { CommandError, exit, print, printJson } from "./output.ts";
import { checkedOrEnd, findEntry } from "./program.ts";

export interface WhyOptions {
  readonly header: readonly string[];
  readonly answer: readonly string[];
  readonly host: string;
  readonly address: string;
  readonly body?: string;
  readonly json?: boolean;
}

export async function runWhy(
  method: string,
  target: string | undefined,
  path: string | undefined,
  options: WhyOptions,
): Promise<number> {
  if (target === undefined)
    throw new CommandError(
      `${method} alone is no request`,
      exit.usage,
      "a request: vgw why GET /orders/1; the models of a program: vgw why gateway.vgw",
    );
  if (!target.startsWith("/")) {
    throw new CommandError(
      `${target} is not a request target`,
      exit.usage,
      "it begins with a slash: vgw why GET /orders/1",
    );
  }
  const headers = options.header.flatMap(parseHeader);
  const answers = new Map(options.answer.map(parseAnswer));
  const result = checkedOrEnd(findEntry(path), options);
  const plan = lower(result.program);
  // A model is asked as a service of its name.
  const names = [...plan.services, ...plan.models].map(({ name }) => name);
  const unknown = [...answers.keys()].find((name) => !names.includes(name));
  if (unknown !== undefined) throw new CommandError(`there is no service or model ${unknown}`, exit.usage);
  const world: World = {
    call: async (service) => answers.get(service) ?? { failure: "connect" },
    now: () => Date.now(),
    random: () => Math.random(),
    log: () => undefined,
  };
  const body = new TextEncoder().encode(options.body ?? "");
  if (body.length > 0 && !headers.includes("content-type")) headers.push("content-type", "application/json");
  const request = {
    method: method.toUpperCase(),
    target,
    host: options.host,
    headers,
    body,
    address: options.address,
    secure: false,
  };
  // A decision can be explained on a machine that has none of the gateway's secrets.
  const environment = testEnvironment(plan, process.env);
  const answer = await createInterpreter(plan, environment).answer(request, world);
  const text = new TextDecoder().decode(answer.body);
  if (options.json) {
    printJson({ status: answer.status, route: answer.route, reason: answer.reason, trace: answer.trace, body: text });
    return exit.good;
  }
  print(renderTrace(plan, answer.trace));
  if (text !== "") print(`\n${text}`);
  const silent = names.filter((name) => !answers.has(name));
  if (silent.length > 0 && answer.trace.some(({ entry }) => entry === "call")) {
    print(
      `\nServices and models are not called here and count as unreachable; give answers with --answer '${silent[0]}=200 {"id": 1}'`,
    );
  }
  return exit.good;
}

function parseHeader(line: string): string[] {
  const at = line.indexOf(":");
  if (at < 1) throw new CommandError(`${line} is not a header`, exit.usage, "write it as -H 'name: value'");
  return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()];
}

/** `orders=200 {"id": 1}`: a service's answer to every call. */
function parseAnswer(text: string): readonly [string, IncomingAnswer] {
  const parts = /^([A-Za-z_]\w*)=(\d{3})(?:\s+([\s\S]*))?$/.exec(text);
  if (!parts)
    throw new CommandError(`${text} is not an answer`, exit.usage, `write it as --answer 'orders=200 {"id": 1}'`);
  const body = new TextEncoder().encode(parts[3] ?? "");
  return [parts[1]!, { status: Number(parts[2]), headers: ["content-type", "application/json"], body }];
}
