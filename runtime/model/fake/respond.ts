/** What the fake provider answers to one HTTP request: status, fields, and bytes with the time before each. Knows no socket and no clock. */
import type { ModelEvent } from "../canonical/answer.ts";
import { gather } from "../canonical/gather.ts";
import type { ModelRequest } from "../canonical/request.ts";
import type { AnswerContext } from "../dialect/dialect.ts";
import { isObject, parseJson } from "../dialect/fields.ts";
import { failure } from "../wire/event-order.ts";
import type { FakeCredentials, FakeDialect, FakeFailure } from "./dialect.ts";
import { FAKE_NAMES, type FakeName, isAt, servedBy } from "./dialects.ts";
import { listOfModels } from "./lists.ts";
import { fakeOperation } from "./operations.ts";
import { script } from "./script.ts";
import { NO_SWITCHES, parseSwitches, type Switches, switchesOfModel, switchesOfPrompt } from "./switches.ts";

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  /** Without its "?". */
  readonly query: string;
  /** The header `x-fake`; "" where there is none. */
  readonly switches: string;
  readonly body: string;
  /** Left out: every request may come in. */
  readonly credentials?: FakeCredentials | undefined;
}

export interface FakeResponse {
  /** null: there is no answer, until the client gives up. */
  readonly status: number | null;
  /** Flat, names in lower case. */
  readonly headers: readonly string[];
  readonly steps: readonly FakeStep[];
  /** After the last step: the answer ends, or nothing comes any more, or the connection breaks. */
  readonly ends: "whole" | "silence" | "reset";
}

export interface FakeStep {
  /** Milliseconds to wait before. */
  readonly after: number;
  readonly bytes: Uint8Array;
}

export interface FakeSettings {
  /** The only dialects to speak; empty: all. */
  readonly dialects: readonly FakeName[];
  /** Of requests that say nothing else. */
  readonly switches: Partial<Switches>;
}

/** 2023-11-14; the same every time. */
const CREATED = 1_700_000_000;
const MOST_COUNTED = 10_000;

export class FakeProvider {
  readonly #names: readonly FakeName[];
  readonly #dialects: readonly FakeDialect[];
  readonly #switches: Partial<Switches>;
  /** How often requests with the same switches have failed, for `times`. */
  readonly #failed = new Map<string, number>();

  constructor({ dialects, switches }: FakeSettings = { dialects: [], switches: {} }) {
    this.#names = dialects.length === 0 ? FAKE_NAMES : dialects;
    this.#dialects = servedBy(dialects);
    this.#switches = switches;
  }

  respond(asked: FakeRequest): FakeResponse {
    const list = listOfModels(asked, this.#dialects);
    if (list !== null) return failed(list);
    const operation = this.#operation(asked);
    if (operation !== null) return operation;
    for (const dialect of this.#dialects) {
      const path = isAt(dialect, asked.path) ? dialect.match(asked.path, asked.query) : null;
      if (path === null) continue;
      const refused = admitted(dialect, asked);
      if (refused !== null) return failed(refused);
      const body = parseJson(asked.body)?.value;
      if (asked.method !== "POST" || !isObject(body))
        return failed(dialect.refusal("A POST with a JSON object is expected here."));
      const request = dialect.readRequest(body, path);
      if (!("turns" in request))
        return failed(dialect.refusal(request.map((one) => `${one.path}: ${one.message}`).join(" ")));
      return this.#answer(dialect, request, asked);
    }
    const served = this.#names.join(", ");
    return failed({
      status: 404,
      headers: [],
      body: { error: `Nothing is here. This fake provider speaks: ${served}.` },
    });
  }

  /** What is no conversation; it fails and is late by the same switches. */
  #operation(asked: FakeRequest): FakeResponse | null {
    const { method, path, switches: header, body: text } = asked;
    const body = method === "POST" ? parseJson(text)?.value : undefined;
    const operation = isObject(body) ? fakeOperation(path, body) : null;
    const dialect = this.#dialects.find((fake) => fake.name === operation?.dialect && isAt(fake, path));
    if (operation === null || dialect === undefined) return null;
    const refused = admitted(dialect, asked);
    if (refused !== null) return failed(refused);
    const said = [switchesOfModel(operation.model), header, switchesOfPrompt(operation.text)];
    const switches = this.#switchesOf(said);
    if (typeof switches === "string") return failed(dialect.refusal(switches));
    if (switches.failure !== null)
      return delayed(failed(dialect.failure(switches.failure, switches.retry)), switches.latency);
    if (switches.fault === "hang") return { status: null, headers: [], steps: [], ends: "silence" };
    const bytes = switches.fault === "garbage" ? GARBAGE : Buffer.from(JSON.stringify(operation.answer()));
    return {
      status: 200,
      headers: ["content-type", "application/json"],
      steps: inPieces([{ after: switches.latency, bytes }], switches.bytes),
      ends: endOf(switches.fault),
    };
  }

  /** Or what is wrong with them. */
  #switchesOf(said: readonly string[]): Switches | string {
    let switches: Switches = { ...NO_SWITCHES, ...this.#switches };
    for (const text of said) {
      const parsed = parseSwitches(text);
      if (typeof parsed === "string") return parsed;
      switches = { ...switches, ...parsed };
    }
    return this.#counted(switches, said.join("|"));
  }

  #answer(dialect: FakeDialect, request: ModelRequest, { switches: header, query }: FakeRequest): FakeResponse {
    const said = [switchesOfModel(request.model), header, switchesOfPrompt(lastText(request))];
    const switches = this.#switchesOf(said);
    if (typeof switches === "string") return failed(dialect.refusal(switches));
    if (switches.failure !== null)
      return delayed(failed(dialect.failure(switches.failure, switches.retry)), switches.latency);
    if (switches.fault === "hang") return { status: null, headers: [], steps: [], ends: "silence" };
    const context = contextOf(request);
    const events = script(request, switches, dialect.name);
    return request.stream
      ? streamed(dialect, events, context, switches, query)
      : whole(dialect, events, context, switches);
  }

  #counted(switches: Switches, key: string): Switches {
    if (switches.times === null) return switches;
    const failures = this.#failed.get(key) ?? 0;
    if (failures >= switches.times) return { ...switches, failure: null, fault: null };
    if (this.#failed.size >= MOST_COUNTED) this.#failed.clear();
    this.#failed.set(key, failures + 1);
    return switches;
  }
}

function admitted({ admits }: FakeDialect, { credentials, query }: FakeRequest): FakeFailure | null {
  return credentials === undefined ? null : (admits?.(credentials, query) ?? null);
}

function lastText({ turns }: ModelRequest): string {
  const texts: string[] = [];
  // What the user said last holds through the rounds of tools behind it.
  for (const { role, parts } of turns.slice().reverse()) {
    if (role === "assistant") continue;
    for (const part of parts) if (part.type === "text") texts.push(part.text);
    if (texts.length > 0) break;
  }
  return texts.join(" ");
}

function contextOf(request: ModelRequest): AnswerContext {
  let next = 0;
  const random = (length: number) => (++next).toString(36).padStart(length, "0").slice(-length);
  return { request, model: request.model, created: CREATED, random };
}

function failed({ status, headers, body }: FakeFailure): FakeResponse {
  const bytes = Buffer.from(JSON.stringify(body));
  return {
    status,
    headers: ["content-type", "application/json", ...headers],
    steps: [{ after: 0, bytes }],
    ends: "whole",
  };
}

function delayed(response: FakeResponse, latency: number): FakeResponse {
  return { ...response, steps: response.steps.map((step, at) => (at === 0 ? { ...step, after: latency } : step)) };
}

const GARBAGE = Buffer.from("<html><body>502 Bad Gateway</body></html>\n\n\u0000\u0001");

function isToken({ type }: ModelEvent): boolean {
  return type === "text" || type === "arguments";
}

function whole(
  dialect: FakeDialect,
  events: readonly ModelEvent[],
  context: AnswerContext,
  switches: Switches,
): FakeResponse {
  const answer = gather(events);
  const text = answer === null || !("parts" in answer) ? "" : dialect.writeAnswer(answer, context);
  const bytes = switches.fault === "garbage" ? GARBAGE : Buffer.from(text);
  const written = events.filter(isToken).length;
  const after = switches.latency + (switches.rate === null ? 0 : (1000 * written) / switches.rate);
  const headers = ["content-type", "application/json"];
  const { fault } = switches;
  if (fault === "fault") return delayed(failed(dialect.failure("error", null)), after);
  const broken = fault !== null && fault !== "garbage";
  const kept = fault === "quiet" ? bytes.subarray(0, 0) : broken ? bytes.subarray(0, bytes.length >> 1) : bytes;
  return { status: 200, headers, steps: inPieces([{ after, bytes: kept }], switches.bytes), ends: endOf(fault) };
}

function endOf(fault: Switches["fault"]): FakeResponse["ends"] {
  if (fault === "stall" || fault === "quiet" || fault === "hang") return "silence";
  return fault === "reset" || fault === "half" ? "reset" : "whole";
}

function streamed(
  dialect: FakeDialect,
  events: readonly ModelEvent[],
  context: AnswerContext,
  switches: Switches,
  query: string,
): FakeResponse {
  const { fault } = switches;
  const kept = events.slice(0, lengthBefore(events, fault));
  if (fault === "fault") kept.push({ type: "error", error: failure("The fake provider was told to fail here.") });
  const write = dialect.eventWriter(context, query);
  const steps: FakeStep[] = [];
  let wait = switches.latency;
  for (const event of kept) {
    const written = write(event);
    const bytes = typeof written === "string" ? Buffer.from(written) : written;
    if (isToken(event) && switches.rate !== null) wait += 1000 / switches.rate;
    if (bytes.length === 0) continue;
    const last = steps.at(-1);
    // What needs no wait leaves together.
    if (wait === 0 && last !== undefined)
      steps[steps.length - 1] = { ...last, bytes: Buffer.concat([last.bytes, bytes]) };
    else steps.push({ after: wait, bytes });
    wait = 0;
  }
  if (fault === "garbage") steps.push({ after: wait, bytes: GARBAGE });
  return {
    status: 200,
    headers: ["content-type", dialect.streamMediaType],
    steps: inPieces(steps, switches.bytes),
    ends: endOf(fault),
  };
}

/** How many of the events are written before it goes wrong. */
function lengthBefore(events: readonly ModelEvent[], fault: Switches["fault"]): number {
  if (fault === null) return events.length;
  if (fault === "quiet") return 0;
  const told = events.map((event, at) => (isToken(event) ? at : -1)).filter((at) => at !== -1);
  const args = events.map((event, at) => (event.type === "arguments" ? at : -1)).filter((at) => at !== -1);
  const places = fault === "half" && args.length > 0 ? args.slice(-Math.max(2, Math.ceil(args.length / 2))) : told;
  return (places[places.length >> 1] ?? 1) + (fault === "half" ? 0 : 1);
}

function inPieces(steps: readonly FakeStep[], size: number | null): readonly FakeStep[] {
  if (size === null) return steps;
  const pieces: FakeStep[] = [];
  for (const { after, bytes } of steps) {
    for (let at = 0; at < bytes.length; at += size) {
      pieces.push({ after: at === 0 ? after : 0, bytes: bytes.subarray(at, at + size) });
    }
  }
  return pieces;
}
