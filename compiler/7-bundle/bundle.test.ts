/** Guards what a bundle is: loadable as the host loads it, holding only what its program uses, traceable to the program, the same for the same source. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { compileBundle } from "../../runtime/host/bundle.ts";
import { emit } from "../6-emit/index.ts";
import { hello, ORIGIN, plan, route, STRING, text } from "../6-emit/testing.ts";
import type { Expr, Plan } from "../5-plan/plan.ts";
import { type Bundle, bundle, writeArtifact } from "./index.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "vgw-bundle-"));
  folders.push(folder);
  return folder;
}

function build(of: Plan): Promise<Bundle> {
  return bundle(of, emit(of));
}

/** A program that forwards, calls, reads, keeps cookies, checks patterns. */
function rich(): Plan {
  const order: Expr = { expr: "slot", type: STRING, name: "name" };
  return plan(
    [
      route("GET /forward", [
        {
          step: "forward",
          origin: ORIGIN,
          service: "orders",
          body: null,
          timeout: null,
          silence: null,
          webSocket: null,
          answer: [],
        },
      ]),
      route("POST /read", [
        {
          step: "read",
          origin: ORIGIN,
          source: "body",
          wireName: "",
          codec: "json",
          slot: { name: "name", type: { ...STRING, kind: "string", min: 1, max: 5, pattern: "[a-z]+", labels: [] } },
          default: null,
        },
        {
          step: "reply",
          origin: ORIGIN,
          status: { expr: "constant", type: STRING, value: 200 },
          content: { kind: "text", value: order, mediaType: "text/plain" },
        },
      ]),
    ],
    { services: [{ name: "orders", origin: ORIGIN, settings: { url: ["http://127.0.0.1:1"] }, key: null }] },
  );
}

describe("a bundle", () => {
  test("of 01-hello holds nothing that it does not use", async () => {
    const { code, size, manifest } = await build(hello());
    for (const foreign of [
      "forward(",
      "StartError",
      "canonicalPath",
      "readBytes",
      "matchesPattern",
      "cookie",
      "ERRORS",
      // Codecs of models.
      "chat/completions",
      "stop_reason",
      'require("node:',
    ]) {
      expect(code).not.toContain(foreign);
    }
    expect(size).toBe(Buffer.byteLength(code));
    expect(manifest.size).toBe(size);
    // Half of it is fast-json-stringify's serializer.
    expect(size).toBeLessThan(16_000);
  });

  test("holds more where the program uses more", async () => {
    const { code } = await build(rich());
    for (const used of ["forward(", "readBytes", "matchesPattern"]) expect(code).toContain(used);
  });

  test("answers when it is loaded as the host loads it", async () => {
    const { code } = await build(hello());
    const module = compileBundle(code, "bundle.cjs");
    expect(module.configure({}).services).toEqual([]);
    const answers: unknown[] = [];
    const exchange = {
      method: "GET",
      path: "/hello/Ada",
      route: "",
      shownPath: "",
      reason: "",
      respond: (...answer: unknown[]) => answers.push(answer),
    };
    // Only what a program without services and log steps touches of either.
    const program = Reflect.apply(module.load, undefined, [{}]);
    Reflect.apply(program.handle, undefined, [exchange]);
    expect(answers).toEqual([[200, ["content-type", "application/json"], '{"message":"Hello, Ada!"}']]);
    expect(exchange).toMatchObject({ route: "GET /hello/{name}", reason: "reply" });
  });

  test("is the same for the same source", async () => {
    const [one, two] = await Promise.all([build(rich()), build(rich())]);
    expect(one.code).toBe(two.code);
    expect(one.map).toBe(two.map);
    expect(one.manifest).toEqual(two.manifest);
  });

  test("leads from each line of a route to its place in the program", async () => {
    const origin = { file: 0, node: 1 };
    const source = plan(
      [
        route("GET /fails", [{ step: "reply", origin, status: text("fails"), content: { kind: "empty" } }], {
          origin: { file: 0, node: 0 },
        }),
      ],
      {
        files: [{ path: "shop.vgw", text: 'vgw 1\n\nroute GET "/fails" open {\n  reply fails\n}\n' }],
        spans: [
          [
            [2, 0],
            [3, 2],
          ],
        ],
      },
    );
    const { code, map } = await build(source);
    const lines = code.split("\n");
    const line = lines.findIndex((one) => one.includes("return replyEmpty("));
    const found = new SourceMap(JSON.parse(map)).findEntry(line, lines[line]!.indexOf("return"));
    expect(found).toMatchObject({ originalLine: 3, originalColumn: 2 });
    expect("originalSource" in found && found.originalSource).toBe("shop.vgw");
  });
});

describe("an artifact", () => {
  test("is a folder of its own, and can be written again", async () => {
    const folder = join(temporary(), "artifact");
    const made = await build(hello());
    const manifest = await writeArtifact(folder, made);
    expect(readFileSync(join(folder, "bundle.cjs"), "utf8")).toBe(made.code);
    expect(JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"))).toEqual(manifest);
    expect(readdirSync(folder)).toEqual(
      expect.arrayContaining(["bundle.cjs", "bundle.cjs.map", "gateway.mjs", "manifest.json"]),
    );
    const before = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "base64")]);
    await writeArtifact(folder, made);
    expect(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "base64")])).toEqual(before);
  });

  test("does not overwrite a folder that no build wrote", async () => {
    const folder = temporary();
    writeFileSync(join(folder, "thesis.txt"), "three years of work");
    await expect(writeArtifact(folder, await build(hello()))).rejects.toThrow('holds "thesis.txt"');
    expect(readdirSync(folder)).toEqual(["thesis.txt"]);
  });
});
