/** All built-ins by key, in the order of the topics. */
import type { Builtin } from "../builtin.ts";
import { addressBuiltins } from "./address.ts";
import { answerBuiltins } from "./answer.ts";
import { contentBuiltins } from "./content.ts";
import { encodeBuiltins } from "./encode.ts";
import { hashBuiltins } from "./hash.ts";
import { listBuiltins } from "./list.ts";
import { mapBuiltins } from "./map.ts";
import { numberBuiltins } from "./number.ts";
import { randomBuiltins } from "./random.ts";
import { textBuiltins } from "./text.ts";
import { timeBuiltins } from "./time.ts";

export const builtins: ReadonlyMap<string, Builtin> = new Map(
  [
    ...textBuiltins,
    ...listBuiltins,
    ...mapBuiltins,
    ...numberBuiltins,
    ...timeBuiltins,
    ...hashBuiltins,
    ...encodeBuiltins,
    ...randomBuiltins,
    ...addressBuiltins,
    ...answerBuiltins,
    ...contentBuiltins,
  ].map((entry) => [entry.key, entry]),
);
