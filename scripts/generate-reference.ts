/**
 * Writes `docs/reference/` from the vocabulary and the diagnostics' pages: `npm run generate` writes, `--check` fails when
 * what is committed differs.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { referencePages } from "../compiler/reference/index.ts";

const folder = join(dirname(fileURLToPath(import.meta.url)), "../docs/reference");
const wanted = new Map(referencePages().map(({ path, text }) => [path, text]));
const present = existsSync(folder)
  ? readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
  : [];

const differing = [
  ...[...wanted]
    .filter(([path, text]) => !present.includes(path) || readFileSync(join(folder, path), "utf8") !== text)
    .map(([path]) => path),
  ...present.filter((path) => !wanted.has(path)),
];

if (!process.argv.includes("--check")) {
  for (const path of differing) {
    const text = wanted.get(path);
    if (text === undefined) rmSync(join(folder, path));
    else {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }
} else if (differing.length > 0) {
  process.stderr.write(
    `docs/reference differs from the vocabulary: run \`npm run generate\`.\n  ${differing.slice(0, 10).join("\n  ")}\n`,
  );
  process.exitCode = 1;
}
