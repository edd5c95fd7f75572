/** A script of Redis: one step that nothing comes between. */
import { createHash } from "node:crypto";

/** A script and the name that Redis knows it by once it has seen it. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

export function script(text: string): Script {
  return { text, sha: createHash("sha1").update(text).digest("hex") };
}
