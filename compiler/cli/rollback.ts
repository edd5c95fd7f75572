/** `vgw rollback`: a running gateway goes back to what it served before the last swap. */
import { type AdminOptions, shortHash, stillDraining, withAdmin } from "./admin.ts";
import { exit, print, printJson, remark } from "./output.ts";

export function runRollback(options: AdminOptions): Promise<number> {
  return withAdmin(options, async (client) => {
    const { generation, status } = await client.change("/rollback");
    const { previous } = status.generations;
    if (options.json) {
      printJson({ changed: true, generation, previous });
      return exit.good;
    }
    print(
      `${status.name} serves ${shortHash(generation.hash)} again, as generation ${generation.id}${stillDraining(status)}`,
    );
    if (previous !== null)
      remark(`left: ${shortHash(previous.hash)}, generation ${previous.id}; vgw rollback returns to it`);
    return exit.good;
  });
}
