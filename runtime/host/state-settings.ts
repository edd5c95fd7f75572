/** Where machines count together, as threads get it: what the program says, with the authorities that were read and the client that lies beside it. */
import type { StateConfiguration } from "../abi.ts";
import { loadRedis } from "../redis/client.ts";
import type { LinkOptions } from "../redis/link.ts";
import { tagOf } from "../redis/tag.ts";
import { StartError } from "../start-error.ts";
import type { Artifact } from "./artifact.ts";
import { nameOf, PemError, parseCertificates, readPem } from "./pem.ts";

/** Plain data: threads get it. */
export interface StateSettings {
  /** With user and password where it has them. */
  readonly url: string;
  readonly whenAway: "refuse" | "allow";
  readonly timeout: number;
  /** What gateways that count together have in common. */
  readonly name: string;
  /** The master of this name is asked; the URL's addresses are sentinels. */
  readonly sentinel?: string | undefined;
  /** Authorities, PEM; left out: those that Node brings. */
  readonly ca?: string | undefined;
  /** Whose client is loaded where it has one. */
  readonly artifact?: { readonly folder: string; readonly hash: string | null } | undefined;
}

/** `files`: where relative paths begin. Throws a `StartError` "start-certificate". */
export function stateSettings(
  state: StateConfiguration | undefined,
  { folder, manifest }: Pick<Artifact, "folder" | "manifest">,
  files: string,
): StateSettings | null {
  if (state === undefined) return null;
  const { ca, ...rest } = state;
  return {
    ...rest,
    ...(ca !== undefined && { ca: authorities(ca, files) }),
    ...(folder !== null && { artifact: { folder, hash: manifest?.redis?.hash ?? null } }),
  };
}

function authorities(ca: NonNullable<StateConfiguration["ca"]>, files: string): string {
  try {
    return parseCertificates(readPem(ca, files, false), nameOf(ca))
      .map((certificate) => certificate.toString())
      .join("");
  } catch (error) {
    if (!(error instanceof PemError)) throw error;
    throw new StartError(
      "start-certificate",
      "the authorities of `state` cannot be used",
      [error.message],
      "Relative paths begin in the folder that the gateway is started in, or in that of `--files FOLDER`. Authorities are PEM.",
    );
  }
}

/** Of a connection. Throws where the client does not load. */
export function linkOptions({
  url,
  timeout,
  sentinel,
  name,
  ca,
  artifact,
}: StateSettings): Omit<LinkOptions, "state" | "connected"> {
  return { url, timeout, sentinel, probe: `${tagOf(name)}probe`, create: loadRedis(artifact, ca) };
}
