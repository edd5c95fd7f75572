/**
 * Builds `gateway.mjs`, the artifact's entry: host, transports, services and their packages in one file that needs Node and
 * nothing else.
 */
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

export async function buildRuntime(output = join(root, "runtime/dist/gateway.mjs")) {
  mkdirSync(dirname(output), { recursive: true });
  await build({
    entryPoints: [join(root, "runtime/host/entry.ts")],
    outfile: output,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "eof",
    logLevel: "warning",
    // The CommonJS packages inside ask for Node's own modules with `require`.
    banner: { js: 'import { createRequire as __createRequire } from "node:module";const require = __createRequire(import.meta.url);' },
  });
  // For programs that ask Redis: an artifact of theirs has it beside the host, which does not carry it.
  await build({
    entryPoints: ["@redis/client"],
    absWorkingDir: root,
    outfile: join(dirname(output), "redis.cjs"),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "eof",
    logLevel: "warning",
    // Only asked for where somebody has set up tracing or a faster hash.
    external: ["@opentelemetry/api", "@node-rs/xxhash"],
  });
  return output;
}
