/** Every program there is, emitted, and checked by `tsc --strict` in one run: what generated code must always pass. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { emit } from "../../compiler/6-emit/index.ts";
import type { Plan } from "../../compiler/5-plan/plan.ts";

const ROOT = join(import.meta.dirname, "../..");

/** What tsc says, one line per error; "" when it is content. `plans` by a name that can be a folder's. */
export function strictErrors(plans: ReadonlyMap<string, Plan>): string {
  // Inside the repository, so that the runtime's packages are found.
  const folder = join(ROOT, ".vgw", `strict-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  try {
    for (const [name, plan] of plans) {
      const at = join(folder, name);
      mkdirSync(at, { recursive: true });
      const { text, serialiserTypes } = emit(plan);
      writeFileSync(join(at, "program.ts"), text);
      writeFileSync(join(at, "serialisers.d.ts"), serialiserTypes);
    }
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(CONFIGURATION));
    return run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const CONFIGURATION = {
  compilerOptions: {
    target: "es2022",
    lib: ["es2023"],
    module: "esnext",
    moduleResolution: "bundler",
    types: ["node"],
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    noUncheckedIndexedAccess: true,
    noImplicitReturns: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    skipLibCheck: true,
    paths: { "@vivremotion/runtime": ["../../runtime/index.ts"] },
  },
  include: ["**/*.ts"],
};

function run(folder: string): string {
  try {
    execFileSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", folder], { encoding: "utf8" });
    return "";
  } catch (error) {
    if (error instanceof Error && "stdout" in error && typeof error.stdout === "string")
      return ofPrograms(error.stdout);
    throw error;
  }
}

/** The runtime is read as source, and held to stricter settings of its own elsewhere, under which some of its types say more. */
function ofPrograms(output: string): string {
  const errors = output.split(/\n(?=\S)/);
  return errors.filter((error) => !error.startsWith("runtime/")).join("\n");
}
