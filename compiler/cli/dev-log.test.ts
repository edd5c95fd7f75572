import { expect, test } from "vitest";
import { plainStyle } from "../diagnostics/render.ts";
import { humanLine } from "./dev-log.ts";

const human = (record: object): string =>
  humanLine(JSON.stringify({ time: "2026-03-01T12:15:52.075Z", ...record }), plainStyle);

test("a request is one short line; a refused one says why", () => {
  const request = {
    level: "info",
    message: "request",
    method: "GET",
    path: "/a",
    status: 200,
    duration_ms: 0.7,
    route: "GET /{x}",
    reason: "reply",
  };
  expect(human(request)).toBe("12:15:52 GET /a 200 0.7 ms  GET /{x}");
  expect(human({ ...request, status: 502, reason: "upstream-unreachable", detail: "up: no connection" })).toBe(
    "12:15:52 GET /a 502 0.7 ms  GET /{x}  upstream-unreachable  up: no connection",
  );
});

test("log steps are told, the host's own remarks only when they warn", () => {
  expect(human({ level: "info", message: "hello", route: "GET /" })).toBe("12:15:52 log info hello");
  expect(human({ level: "warn", route: "GET /", fields: { a: 1 } })).toBe('12:15:52 log warn {"a":1}');
  expect(human({ level: "info", event: "generation.serving" })).toBe("");
  expect(human({ level: "warn", event: "start.transport", message: "no fast transport" })).toBe(
    "12:15:52 no fast transport",
  );
});

test("nothing in a path drives the terminal, and what is no record stays as it is", () => {
  expect(
    human({ message: "request", path: "/\u001b[31m", method: "GET", status: 200, duration_ms: 1, route: "" }),
  ).not.toContain("\u001b");
  expect(humanLine("not json", plainStyle)).toBe("not json");
});
