/** Gets what a bench compares with: Debian's packages when run as root, npm's into `bench/node_modules`. Says what it does. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const bench = join(dirname(fileURLToPath(import.meta.url)), "..");

export interface DebianPackage {
  readonly name: string;
  /** Present when this file is there, or a program of this name is on the path. */
  readonly provides: string;
}

/** The packages that are still missing afterwards. */
export function ensureDebian(packages: readonly DebianPackage[]): readonly DebianPackage[] {
  const missing = packages.filter((one) => !present(one));
  if (missing.length === 0) return [];
  const names = missing.map(({ name }) => name);
  const command = `apt-get install -y --no-install-recommends ${names.join(" ")}`;
  if (process.getuid?.() !== 0) {
    say(`${names.join(", ")} missing; as root this would install them. By hand: ${command}`);
    return missing;
  }
  say(`installing Debian's ${names.join(", ")} (their services are not needed: stop what they start)`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["update"], { stdio: "ignore", env });
  const done = spawnSync("apt-get", command.split(" ").slice(1), { encoding: "utf8", env });
  if (done.status !== 0) say(`apt-get failed: ${done.stderr ?? String(done.error)}`);
  return missing.filter((one) => !present(one));
}

/** Installs what is not there, without running the packages' own scripts. False: they could not be installed. `needed`: one that came later than others. */
export function ensureNpm(needed = "."): boolean {
  if (existsSync(join(bench, "node_modules", needed))) return true;
  say("installing the npm packages of bench/package.json into bench/node_modules");
  try {
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: bench,
      stdio: ["ignore", "ignore", "inherit"],
    });
    return true;
  } catch {
    say("npm failed: the peers in Node are left out");
    return false;
  }
}

function present({ provides }: DebianPackage): boolean {
  if (provides.startsWith("/")) return existsSync(provides);
  const places = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];
  return places.some((folder) => existsSync(join(folder, provides)));
}

function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}
