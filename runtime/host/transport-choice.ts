/**
 * Which transport serves each listener, decided once before anything opens: the fast one where it was asked for and loads on this
 * machine, else the strict one with a warning that says why.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GatewayConfiguration, ListenConfiguration } from "../abi.ts";
import { canShareAddress } from "../http/node/share-address.ts";
import { loadNative } from "../http/uws/loader.ts";
import { StartError } from "../start-error.ts";
import type { Artifact } from "./artifact.ts";
import { checkHonoured } from "./honoured.ts";

export interface TransportChoice {
  /** With the transport that will serve. */
  readonly listeners: readonly ListenConfiguration[];
  /** Some listener can be shared by several threads; the kernel spreads its connections over them. */
  readonly shareable: boolean;
  /** What serves, by transport: implementation and version. */
  readonly descriptions: { readonly fast?: string; readonly strict?: string };
  /** Sentences for the start-up log and the status. */
  readonly warnings: readonly string[];
}

/** Throws a `StartError`: "start-setting" when the transport that will serve cannot honour a setting, "start-fast" when `requireFast` cannot be kept, "start-hash" when the folder's native file is not the manifest's. */
export async function chooseTransports(
  gateway: GatewayConfiguration,
  artifact: Artifact,
  requireFast: boolean,
): Promise<TransportChoice> {
  const choice = await choose(gateway, artifact, requireFast);
  checkHonoured(gateway, choice);
  return choice;
}

/** Whether several threads can serve one listener of this transport. */
export function canBeShared(transport: ListenConfiguration["transport"]): boolean {
  return transport === "fast" || canShareAddress;
}

async function choose(
  gateway: GatewayConfiguration,
  artifact: Artifact,
  requireFast: boolean,
): Promise<TransportChoice> {
  const strict = `node:http (Node ${process.version})`;
  const wantsFast = gateway.listen.some((listen) => listen.transport === "fast");
  const wantsStrict = gateway.listen.some((listen) => listen.transport === "strict");
  if (!wantsFast)
    return { listeners: gateway.listen, shareable: canShareAddress, descriptions: { strict }, warnings: [] };

  await checkNativeFile(artifact);
  const { native, rejected } = loadNative({
    ...(artifact.folder !== null && { artifactFolder: artifact.folder }),
    headLimit: gateway.limits.headers,
  });
  if (native !== null) {
    return {
      listeners: gateway.listen,
      shareable: true,
      descriptions: { fast: `uWebSockets.js ${native.version} (${native.source})`, ...(wantsStrict && { strict }) },
      warnings: [],
    };
  }
  const reasons = [...otherPlatform(artifact), ...rejected];
  if (requireFast) {
    throw new StartError(
      "start-fast",
      "the fast transport (uWebSockets.js) does not load on this machine",
      reasons,
      "Build the artifact on a machine of this platform, or start without --require-fast to serve with the strict transport.",
    );
  }
  const warning = `The fast transport is not available, so Node's http serves instead: ${reasons.join("; ")}.`;
  return {
    listeners: gateway.listen.map((listen) => ({ ...listen, transport: "strict" as const })),
    shareable: canShareAddress,
    descriptions: { strict },
    warnings: canShareAddress || gateway.threads === 1 ? [warning] : [warning, ONE_THREAD],
  };
}

const ONE_THREAD =
  "The strict transport serves in one thread; with Node 22.12 or newer on Linux it takes as many as the program asks for.";

/** Said first, because it explains what the loader found. */
function otherPlatform(artifact: Artifact): string[] {
  const native = artifact.manifest?.native;
  if (native === undefined || native === null) return [];
  const built = `${native.platform} ${native.arch}, Node ABI ${native.nodeAbi}`;
  const here = `${process.platform} ${process.arch}, Node ABI ${process.versions.modules}`;
  return built === here ? [] : [`the artifact was built for ${built}, this is ${here}`];
}

/** Native code runs with every right of the process: it must be the file that was built. */
async function checkNativeFile(artifact: Artifact): Promise<void> {
  const native = artifact.manifest?.native;
  if (artifact.folder === null || native === undefined || native === null) return;
  const content = await readFile(join(artifact.folder, native.file)).catch(() => null);
  if (content === null || createHash("sha256").update(content).digest("hex") === native.hash) return;
  throw new StartError(
    "start-hash",
    `${native.file} is not the file that the manifest describes`,
    [],
    "Copy the whole folder again.",
  );
}
