import { expect, test } from "vitest";
import { FAST } from "../capabilities.ts";
import { exchangeSuite } from "../exchange.suite.ts";
import { createFastTransport } from "./index.ts";
import { loadNative } from "./loader.ts";

const { native, rejected } = loadNative({ headLimit: 16_384 });

if (native === null) test.skip(`uWebSockets.js does not load here: ${rejected.join("; ")}`, () => {});
else {
  exchangeSuite(createFastTransport(native), FAST);

  test("the loader names its file and version, and why better ones were not taken", () => {
    expect(native.file).toMatch(/uws_.*\.node$/);
    expect(native.version).toMatch(/^20\.\d+\.\d+/);
    for (const reason of rejected) expect(reason).toMatch(/^[^:]+: ./);
  });
}

test("without any package the loader gives null and says so", () => {
  const result = loadNative({ from: "/nowhere/at/all.js" });
  expect(result.native).toBeNull();
  expect(result.rejected).toHaveLength(3);
});
