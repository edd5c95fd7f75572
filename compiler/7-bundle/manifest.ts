/** The manifest of a bundle: what it is, what it listens on, what it needs. */
import { createHash } from "node:crypto";
import { ABI_VERSION } from "../../runtime/abi.ts";
import { type Manifest, MANIFEST_FORMAT } from "../../runtime/manifest.ts";
import type { StaticValue } from "../3-types/checked.ts";
import { countsCalls, sharesLimits } from "../5-plan/counts.ts";
import type { Plan } from "../5-plan/plan.ts";
import { filesOf } from "./files.ts";
import packageJson from "../package.json" with { type: "json" };

/** The language version, as in `vgw 1`. */
const LANGUAGE = 1;

export function manifestOf(plan: Plan, code: string): Manifest {
  return {
    format: MANIFEST_FORMAT,
    name: plan.gateway.name,
    hash: sha256(code),
    abi: ABI_VERSION,
    language: LANGUAGE,
    compiler: packageJson.version,
    size: Buffer.byteLength(code),
    native: null,
    ...(countsCalls(plan) && { sqlite: null }),
    ...((countsCalls(plan) || sharesLimits(plan)) && (plan.gateway.settings.state ?? null) !== null && { redis: null }),
    listen: listeners(plan.gateway.settings.listen),
    ...filesOf(plan),
    environment: plan.environment.map(({ variable, type, secret, default: spare }) => {
      return { variable, type, secret, required: spare === null };
    }),
  };
}

export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Listeners whose port the environment decides are left out: nobody knows it yet. */
function listeners(value: StaticValue | undefined): Manifest["listen"] {
  if (!Array.isArray(value)) return [{ address: "127.0.0.1", port: 8080, transport: "fast" }];
  const known: Manifest["listen"][number][] = [];
  for (const item of value as readonly StaticValue[]) {
    if (typeof item !== "object" || item === null || !("address" in item)) continue;
    const { address, port, transport } = item;
    if (typeof address === "string" && typeof port === "number") {
      const secure = "word" in item && item.word === "https";
      known.push({
        address,
        port,
        transport: transport === "strict" ? "strict" : "fast",
        ...(secure && { scheme: "https" }),
      });
    }
  }
  return known;
}
