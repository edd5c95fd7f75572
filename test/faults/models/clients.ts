/** A client of models: asks over a connection of its own, takes the answer as it comes, waits with taking it, or leaves; and judges what it got. */
import type { ModelAnswer } from "../../../runtime/model/canonical/answer.ts";
import type { ModelError } from "../../../runtime/model/canonical/error.ts";
import { EMPTY_REQUEST } from "../../../runtime/model/canonical/request.ts";
import { CLIENTS, type Client, readStream } from "../../models/clients.ts";
import { ClientConnection } from "../client-connection.ts";
import type { Case } from "./case.ts";
import { CLIENT_PATHS, nameOf } from "./program.ts";

export interface Heard {
  /** null: it left, or the connection ended without an answer. */
  readonly status: number | null;
  readonly answer: ModelAnswer | ModelError | null;
  /** The body. */
  readonly raw: string;
  /** What is wrong with it; "": nothing. */
  readonly wrong: string;
  readonly milliseconds: number;
}

const TOOL = {
  name: "weather",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

/** Trace ids tell the access log's records apart. */
export const traceOf = (index: number): string => (index + 1).toString(16).padStart(32, "0");

export function requestOf(it: Case): { readonly head: string; readonly body: string } {
  const client = CLIENTS.get(it.client)!;
  const text = `case ${it.index} [[fake ${it.switches}]]`;
  const body = JSON.stringify(
    client.body({ text, stream: it.stream, most: 1000, ...(it.tools ? { tools: [TOOL] } : {}) }),
  );
  const [path] = CLIENT_PATHS.get(it.client)!;
  const action = it.stream ? "m:streamGenerateContent?alt=sse" : "m:generateContent";
  const head = [
    `POST /${it.shape}/${nameOf(it.provider)}/${path.replace("{name}", action)} HTTP/1.1`,
    "host: gateway.test",
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    `traceparent: 00-${traceOf(it.index)}-00000000000000ff-01`,
    "authorization: Bearer client-token-secret",
  ];
  return { head: `${head.join("\r\n")}\r\n\r\n`, body };
}

/** `told`: of the answer's header. */
export async function ask(
  port: number,
  it: Case,
  told: (fields: ReadonlyMap<string, string>) => void = () => {},
): Promise<Heard> {
  const since = performance.now();
  const connection = await ClientConnection.open(port);
  try {
    const { head, body } = requestOf(it);
    if (it.way === "half-body") {
      connection.send(head + body.slice(0, body.length >> 1));
      await pause(it.leavesAfter);
      return nothing(since);
    }
    connection.send(head + body, "POST");
    if (it.way === "leaves") {
      await pause(it.leavesAfter);
      return nothing(since);
    }
    if (it.way === "reads-late") {
      connection.socket.pause();
      await pause(400);
      connection.socket.resume();
    }
    const answer = await connection.next();
    const milliseconds = performance.now() - since;
    if (answer === null)
      return {
        ...nothing(since),
        wrong: `no answer: ${connection.fault ?? `the connection ended ${connection.ending}`}`,
      };
    told(answer.fields);
    const raw = answer.body.toString();
    const heard = { status: answer.status, raw, milliseconds };
    if (!answer.whole) return { ...heard, answer: null, wrong: "the answer was cut" };
    return { ...heard, ...judged(it, answer.status, answer.fields.get("content-type") ?? "", answer.body) };
  } finally {
    connection.destroy();
  }
}

function nothing(since: number): Heard {
  return { status: null, answer: null, raw: "", wrong: "", milliseconds: performance.now() - since };
}

function judged(it: Case, status: number, type: string, body: Buffer): Pick<Heard, "answer" | "wrong"> {
  const client = CLIENTS.get(it.client)!;
  const request = { ...EMPTY_REQUEST, stream: it.stream };
  const raw = body.toString();
  if (/sk-|client-token-secret|polluted/.test(raw) && !/polluted/.test(it.attack.name)) {
    const found = /sk-[a-z-]*|client-token-secret/.exec(raw);
    if (found !== null) return { answer: null, wrong: `it holds ${found[0]}` };
  }
  if (status !== 200) {
    if (!type.startsWith("application/json")) return { answer: null, wrong: `${status} of type ${type}` };
    if (!isError(client, raw)) return { answer: null, wrong: `${status} with no error of the dialect` };
    return { answer: client.reader.readError(status, [], body), wrong: "" };
  }
  if (!it.stream) {
    const answer = client.reader.readAnswer(body, request);
    // The reader here takes fewer parts than a client may be given.
    const wrong = "class" in answer && it.attack.name !== "thousands of parts" ? "200 with what is no answer" : "";
    return { answer, wrong: wrong === "" ? wrongUsage(client, raw) : wrong };
  }
  if (!type.startsWith("text/event-stream")) return { answer: null, wrong: `a stream of type ${type}` };
  const terminators = client.terminators(raw);
  // What is handed on as it came may hold more of what a client looks for than its own reader finds.
  if (
    terminators !== 1 &&
    !(
      (it.attack.may === "any" || it.attack.name === "more behind the end") &&
      it.client === it.provider &&
      terminators > 1
    )
  )
    return { answer: null, wrong: `${terminators} ends` };
  try {
    const answer = readStream(client, request, raw);
    if (answer === null) return { answer, wrong: "a stream without an answer" };
    return { answer, wrong: "" };
  } catch (error) {
    return { answer: null, wrong: String(error) };
  }
}

/** As the official clients look for it. */
function isError({ dialect }: Client, raw: string): boolean {
  const value: unknown = JSON.parse(raw);
  if (typeof value !== "object" || value === null || !("error" in value)) return false;
  const { error } = value;
  if (typeof error !== "object" || error === null || !("message" in error) || typeof error.message !== "string")
    return false;
  if (dialect.name === "anthropic") return "type" in value && value.type === "error" && "type" in error;
  return dialect.name === "gemini" ? "status" in error && "code" in error : "type" in error;
}

function wrongUsage(client: Client, raw: string): string {
  const value: unknown = JSON.parse(raw);
  if (typeof value !== "object" || value === null) return "no object";
  const { prompt, cached, completion, reasoning, total } = client.usage({ ...value });
  if (cached > prompt) return `${cached} cached of ${prompt}`;
  if (reasoning > completion) return `${reasoning} of reasoning in ${completion}`;
  return total === prompt + completion ? "" : `${total} in all of ${prompt} and ${completion}`;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
