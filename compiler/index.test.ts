/** The public API, as a build tool or an editor would call it. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as api from "./index.ts";

const program =
  'vgw 1\n\nroute GET "/" open { reply "hello" }\n\ntest "it answers" {\n  send GET "/"\n  expect body == "hello"\n}\n';
const read = (text: string) => (path: string) => (path === "a.vgw" ? text : null);

test("check, test and build a program", async () => {
  const result = api.check("a.vgw", read(program));
  expect(result.diagnostics).toEqual([]);
  expect(await api.test(result)).toMatchObject([{ title: "it answers", passed: true }]);
  expect((await api.build(result)).manifest.language).toBe(api.languageVersion);
});

test("a program with errors is neither tested nor built", async () => {
  const result = api.check("a.vgw", read("vgw 1\nroute"));
  expect(result.hasErrors).toBe(true);
  await expect(api.build(result)).rejects.toThrow("diagnostics");
  await expect(api.test(result)).rejects.toThrow("diagnostics");
});

test("format and explain", async () => {
  expect(await api.format("a.vgw", 'vgw 1\nroute  GET "/"  open {reply  "x"}')).toBe(
    'vgw 1\nroute GET "/" open { reply "x" }\n',
  );
  expect(await api.explain("VGW3012")).toMatchObject({ slug: "missing-unit" });
  expect(await api.explain("VGW0000")).toBeNull();
});

test("the version is the package's", () => {
  const { version } = JSON.parse(readFileSync(new URL("./package.json", import.meta.url), "utf8"));
  expect(api.version).toBe(version);
});
