/** Invariant 1: a phase imports only lower numbers, the runtime never imports the compiler, a bundle only `runtime/index.ts`. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ["dist", "node_modules", "golden"].includes(entry.name) ? [] : filesBelow(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

interface Import {
  readonly from: string;
  readonly to: string;
}

/** All relative imports of a folder as paths from the root with "/"; packages of this repository by their folder. */
function importsBelow(folder: string): Import[] {
  return filesBelow(join(root, folder)).flatMap((file) => {
    const text = readFileSync(file, "utf8");
    const found = [...text.matchAll(/^(?:import|export)\b[^;]*?from\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm)];
    return found.map((match) => {
      const target = match[1] ?? match[2] ?? "";
      const to = target.startsWith(".") ? relative(root, normalize(join(dirname(file), target))) : target;
      return { from: relative(root, file).split(sep).join("/"), to: to.split(sep).join("/") };
    });
  });
}

const isTest = (path: string): boolean => path.endsWith(".test.ts") || path.endsWith(".suite.ts");
const phaseOf = (path: string): number | null => {
  const found = /^compiler\/(\d)-/.exec(path);
  return found ? Number(found[1]) : null;
};

const compiler = importsBelow("compiler").filter(({ from }) => !isTest(from));
const runtime = importsBelow("runtime").filter(({ from }) => !isTest(from));
const shown = (imports: Import[]): string[] => imports.map(({ from, to }) => `${from} imports ${to}`);

describe("who may import whom", () => {
  test("there are imports to judge", () => {
    expect(compiler.length).toBeGreaterThan(100);
    expect(runtime.length).toBeGreaterThan(50);
  });

  test("a phase imports only lower numbers", () => {
    const wrong = compiler.filter(({ from, to }) => {
      const [low, high] = [phaseOf(to), phaseOf(from)];
      return low !== null && high !== null && low > high;
    });
    expect(shown(wrong)).toEqual([]);
  });

  test("what every phase stands on imports no phase's decisions", () => {
    const base = compiler.filter(({ from }) => /^compiler\/(vocabulary|diagnostics)\//.test(from));
    expect(shown(base.filter(({ to }) => phaseOf(to) !== null))).toEqual([]);
  });

  test("no phase knows the command line", () => {
    const wrong = compiler.filter(({ from, to }) => phaseOf(from) !== null && to.startsWith("compiler/cli/"));
    expect(shown(wrong)).toEqual([]);
  });

  test("the runtime never imports the compiler", () => {
    const wrong = runtime.filter(({ to }) => to.startsWith("compiler/") || to.startsWith("@vivremotion/compiler"));
    expect(shown(wrong)).toEqual([]);
  });

  test("the front end imports only leaf files of the runtime", () => {
    const heavy = /^runtime\/(host|admin|upstream|observe|http\/(uws|node))\//;
    const wrong = compiler.filter(({ from, to }) => (phaseOf(from) ?? 9) <= 6 && heavy.test(to));
    expect(shown(wrong)).toEqual([]);
  });

  test("no gateway holds the fake provider: only its command, `vgw test` and tests know it", () => {
    const fake = "runtime/model/fake/";
    const wrong = [...compiler, ...runtime].filter(({ from, to }) => to.startsWith(fake) && !from.startsWith(fake));
    const allowed = ["compiler/cli/fake-provider.ts", "compiler/testing/fake-model.ts"];
    expect(wrong.filter(({ from }) => !allowed.includes(from))).toEqual([]);
    expect(wrong.length).toBeGreaterThan(0);
  });

  test("uWebSockets.js objects are touched in one folder", () => {
    const wrong = runtime.filter(
      ({ from, to }) => /uwebsockets|uws-js/i.test(to) && !from.startsWith("runtime/http/uws/"),
    );
    expect(shown(wrong)).toEqual([]);
  });
});
