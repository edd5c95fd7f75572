import { afterEach, expect, test } from "vitest";
import { FakeExchange } from "../../../test/fakes/exchange.ts";
import { endRecording, Tracing } from "./tracing.ts";

const open: Tracing[] = [];

function tracing(sample: number, random: () => number): Tracing {
  const one = new Tracing({
    url: "http://127.0.0.1:1/v1/traces",
    headers: {},
    resource: {},
    version: "1",
    random,
    sample,
    note: () => {},
  });
  open.push(one);
  return one;
}

afterEach(async () => {
  for (const one of open.splice(0)) await one.close(0);
});

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

/** Whether it is recorded, and whether services are told that it is not. */
function decision(one: Tracing, traceparent: string | null): readonly [boolean, boolean] {
  const exchange = new FakeExchange({ headers: traceparent === null ? [] : ["traceparent", traceparent] });
  one.begin(exchange);
  return [exchange.recording !== null, exchange.unsampled];
}

test.each([
  ["the caller records", `00-${TRACE}-${PARENT}-01`, 0, [true, false]],
  ["the caller records, by a trace of random bits", `00-${TRACE}-${PARENT}-03`, 0, [true, false]],
  ["the caller does not", `00-${TRACE}-${PARENT}-00`, 1, [false, false]],
  ["the caller does not, by a trace of random bits", `00-${TRACE}-${PARENT}-02`, 1, [false, false]],
  ["a later version that records", `01-${TRACE}-${PARENT}-01-more`, 0, [true, false]],
  ["nonsense is no decision", "00-nonsense-01", 0, [false, true]],
  ["nonsense is no decision, where all begin recorded", "00-nonsense-00", 1, [true, false]],
] as const)("%s", (_name, traceparent, sample, expected) => {
  expect(decision(tracing(sample, Math.random), traceparent)).toEqual(expected);
});

test("of traces that begin here the part is recorded that was asked for", () => {
  let at = 0;
  const one = tracing(0.1, () => (at++ % 100) / 100);
  const recorded = Array.from({ length: 1000 }, () => decision(one, null)).filter(([is]) => is);
  expect(recorded).toHaveLength(100);
});

test("all of them needs no chance", () => {
  const one = tracing(1, () => {
    throw new Error("asked");
  });
  expect(decision(one, null)).toEqual([true, false]);
});

test("the last of several fields decides, as it does about the trace", () => {
  const one = tracing(0, Math.random);
  const exchange = new FakeExchange({
    headers: ["traceparent", `00-${TRACE}-${PARENT}-00`, "traceparent", `00-${TRACE}-${PARENT}-01`],
  });
  one.begin(exchange);
  expect(exchange.recording).not.toBeNull();
});

test("an exchange that is over is a span; one that is not recorded is none", async () => {
  const one = tracing(1, Math.random);
  const [recorded, other] = [new FakeExchange({ method: "GET" }), new FakeExchange({ method: "GET" })];
  one.begin(recorded);
  for (const exchange of [recorded, other]) {
    exchange.respond(200, [], "ok");
    endRecording(exchange);
  }
  await one.close(0);
  expect(one.values()).toContainEqual({ value: 1, labels: { result: "dropped" } });
});
