import { expect, it } from "vitest";
import { loadProgram } from "../workspace/index.ts";
import { checkProgram } from "./index.ts";

/** The settings of a service, as they are checked. */
function settingsOf(written: string): { readonly [key: string]: unknown } {
  const text = `vgw 1\nservice s { url: ["http://a", "http://b"], ${written} }\nroute GET "/" open { forward s }\n`;
  const checked = checkProgram(loadProgram("main.vgw", (path) => (path === "main.vgw" ? text : null)));
  expect(checked.diagnostics).toEqual([]);
  return checked.services[0]!.settings;
}

it.each([
  ["none is a value, not the default", "eject: none", "eject", null],
  [
    "what is not written has its default",
    "timeout: 1s",
    "eject",
    { requests: 5, within: 10_000, time: 10_000, longest: 300_000, slow: true },
  ],
  ["a record's settings too", "hedge: { after: 50ms }", "hedge", { after: 50, most: 1, budget: 0.1, methods: "safe" }],
  [
    "a word or a time",
    "hedge: { after: p99, most: 2 }",
    "hedge",
    { after: "p99", most: 2, budget: 0.1, methods: "safe" },
  ],
  ["left out where that is usual", "timeout: 1s", "hedge", null],
])("%s", (_, written, key, value) => {
  expect(settingsOf(written)[key]).toEqual(value);
});
