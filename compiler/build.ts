/** The back end as one call: a checked program becomes a bundle. Loads the emitter and esbuild, so it is imported only when asked for. */
import { lower } from "./5-plan/index.ts";
import { emit } from "./6-emit/index.ts";
import { type Bundle, bundle } from "./7-bundle/index.ts";
import type { CheckedProgram } from "./3-types/index.ts";

/** `program` has no errors. */
export async function compile(program: CheckedProgram): Promise<Bundle & { readonly typescript: string }> {
  const plan = lower(program);
  const emitted = emit(plan);
  return { ...(await bundle(plan, emitted)), typescript: emitted.text };
}
