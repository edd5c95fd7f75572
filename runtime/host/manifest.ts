/** Checks `manifest.json` before a line of the bundle runs. */
import { z } from "zod";
import { ABI_VERSION } from "../abi.ts";
import { MANIFEST_FORMAT, type Manifest } from "../manifest.ts";
import { StartError } from "../start-error.ts";
import { problemsOf } from "./zod-problems.ts";

/** The language versions this runtime serves. */
const LANGUAGE_VERSIONS: readonly number[] = [1];

const SHA256 = z.string().regex(/^[0-9a-f]{64}$/, "expected a SHA-256 in hexadecimal");

const MANIFEST: z.ZodType<Manifest> = z.object({
  format: z.literal(MANIFEST_FORMAT),
  name: z.string(),
  hash: SHA256,
  abi: z.int(),
  language: z.int(),
  compiler: z.string(),
  size: z.int().min(0),
  sqlite: z
    .object({ file: z.literal("sqlite.node"), hash: z.string() })
    .nullable()
    .optional(),
  redis: z
    .object({ file: z.literal("redis.cjs"), hash: z.string() })
    .nullable()
    .optional(),
  native: z
    .object({
      file: z.string().regex(/^[\w.-]+$/, "expected a file name without a folder"),
      hash: SHA256,
      version: z.string(),
      platform: z.string(),
      arch: z.string(),
      nodeAbi: z.string(),
      libc: z.string().nullable(),
    })
    .nullable(),
  listen: z.array(
    z.object({
      address: z.string(),
      port: z.int().min(0).max(65535),
      transport: z.enum(["fast", "strict"]),
      scheme: z.literal("https").optional(),
    }),
  ),
  files: z
    .array(
      z.object({ path: z.string(), kind: z.enum(["folder", "certificate", "key", "authorities"]), of: z.string() }),
    )
    .optional(),
  environment: z.array(
    z.object({
      variable: z.string(),
      type: z.enum(["string", "int", "float", "bool", "duration", "size", "url"]),
      secret: z.boolean(),
      required: z.boolean(),
    }),
  ),
});

/** Throws a `StartError`: "start-manifest", "start-abi" or "start-language". */
export function parseManifest(text: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new StartError(
      "start-manifest",
      "manifest.json is not JSON",
      [],
      "Build the program again with `vgw build`.",
    );
  }
  return checkManifest(value);
}

/** As `parseManifest`, of what has been parsed already. */
export function checkManifest(value: unknown): Manifest {
  const versions = z.object({ abi: z.int(), language: z.int() }).safeParse(value);
  // A manifest of another version may have another shape: its version is the better message.
  if (versions.success) {
    checkAbi(versions.data.abi);
    checkLanguage(versions.data.language);
  }
  const parsed = MANIFEST.safeParse(value);
  if (!parsed.success) {
    throw new StartError(
      "start-manifest",
      "manifest.json does not describe a bundle",
      problemsOf(parsed.error),
      "Build the program again with `vgw build`.",
    );
  }
  return parsed.data;
}

/** Also asked of the loaded program, since a bundle may come without a manifest. */
export function checkAbi(abi: number): void {
  if (abi === ABI_VERSION) return;
  throw new StartError(
    "start-abi",
    `the bundle was built for runtime ABI ${abi}, this runtime has ABI ${ABI_VERSION}`,
    [],
    "Build the program again with the `vgw` that goes with this runtime, and deploy the whole folder.",
  );
}

function checkLanguage(language: number): void {
  if (LANGUAGE_VERSIONS.includes(language)) return;
  throw new StartError(
    "start-language",
    `the bundle is written in \`vgw ${language}\`, this runtime serves \`vgw ${LANGUAGE_VERSIONS.join("`, `vgw ")}\``,
    [],
    "Deploy the `gateway.mjs` that was built together with the bundle.",
  );
}
