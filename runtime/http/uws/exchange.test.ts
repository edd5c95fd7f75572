import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fastCapabilities } from "../capabilities.ts";
import { exchangeSuite } from "../exchange.suite.ts";
import { createFastTransport } from "./index.ts";
import { loadNative } from "./loader.ts";

const { native, rejected } = loadNative({ headLimit: 16_384 });

/** Set where one build must be the one that is tested: such as "20.57". */
const expected = process.env.VGW_EXPECT_UWS;

test.runIf(expected !== undefined)(`it is uWebSockets.js ${expected} that is tested`, () => {
  expect(`${native?.version}.`, rejected.join("; ")).toMatch(new RegExp(`^${expected?.replaceAll(".", "\\.")}\\.`));
});

if (native === null) test.skip(`uWebSockets.js does not load here: ${rejected.join("; ")}`, () => {});
else {
  exchangeSuite(createFastTransport(native), fastCapabilities(native.version));

  test("the loader names its file and version, and why better ones were not taken", () => {
    expect(native.file).toMatch(/uws_.*\.node$/);
    expect(native.version).toMatch(/^20\.\d+\.\d+/);
    for (const reason of rejected) expect(reason).toMatch(/^[^:]+: ./);
  });
}

test.runIf(native !== null)(
  "beside an artifact's manifest the loader takes the file there, and the manifest's word for its version",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "vgw-loader-"));
    symlinkSync(native?.file ?? "", join(folder, "uws.node"));
    expect(loadNative({ artifactFolder: folder }).native).toMatchObject({ source: "uws.node", version: "unknown" });
    writeFileSync(join(folder, "manifest.json"), JSON.stringify({ native: { version: "20.57.0" } }));
    expect(loadNative({ artifactFolder: folder }).native).toMatchObject({ source: "uws.node", version: "20.57.0" });
    rmSync(folder, { recursive: true });
  },
);

test("without any package the loader gives null and says so", () => {
  const result = loadNative({ from: "/nowhere/at/all.js" });
  expect(result.native).toBeNull();
  expect(result.rejected).toHaveLength(3);
});
