/** `npm run bench [name …]`: the benches, one after the other; `--write` keeps the results. */
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));
const benches = ["compile", "proxy", "idle", "reload", "micro", "transport", "resilience", "model", "limits"];
const asked = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const options = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
const unknown = asked.filter((name) => !benches.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`there is no bench called ${unknown.join(", ")}; there are ${benches.join(", ")}\n`);
  process.exit(2);
}
for (const name of asked.length > 0 ? asked : benches) {
  execFileSync(join(folder, "../node_modules/.bin/tsx"), [join(folder, name, "run.ts"), ...options], {
    stdio: "inherit",
  });
}
