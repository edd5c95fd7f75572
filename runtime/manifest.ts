/**
 * The manifest beside a bundle (`manifest.json`): what the compiler promises about it and what the host checks before it
 * loads a line of it. Written by `vgw build`, checked with zod by `host/manifest.ts`. Plain data.
 */
export const MANIFEST_FORMAT = 1;

export interface Manifest {
  readonly format: typeof MANIFEST_FORMAT;
  /** The gateway's name in the program. */
  readonly name: string;
  /** SHA-256 of `bundle.cjs`, hexadecimal; also names the generation. */
  readonly hash: string;
  /** `ABI_VERSION` when it was built. */
  readonly abi: number;
  /** The language version, as in `vgw 1`. */
  readonly language: number;
  /** Version of the compiler. */
  readonly compiler: string;
  /** Bytes of `bundle.cjs`. */
  readonly size: number;
  /** The native file of SQLite that lies in the folder as `sqlite.node`; null: the folder has none; left out: the program keeps no ledger. */
  readonly sqlite?: { readonly file: string; readonly hash: string } | null | undefined;
  /** The client of Redis that lies in the folder as `redis.cjs`; null: the folder has none; left out: the program uses no Redis. */
  readonly redis?: { readonly file: string; readonly hash: string } | null | undefined;
  /** The fast transport's native file that lies in the folder as `uws.node`; null: the folder has none. */
  readonly native: {
    readonly file: string;
    /** SHA-256 of the file, hexadecimal. */
    readonly hash: string;
    /** uWebSockets.js version, such as "20.57". */
    readonly version: string;
    /** `process.platform` and `process.arch`. */
    readonly platform: string;
    readonly arch: string;
    /** `process.versions.modules`. */
    readonly nodeAbi: string;
    /** Least glibc version such as "2.27"; null where it does not apply. */
    readonly libc: string | null;
  } | null;
  /** What it listens on, for people and deployment tools; the host takes its listeners from `configure`. */
  readonly listen: readonly {
    readonly address: string;
    readonly port: number;
    readonly transport: "fast" | "strict";
    /** Left out: http. */
    readonly scheme?: "https" | undefined;
  }[];
  /** The files and folders that it reads when it starts, as the program names them; those that the environment names are left out. */
  readonly files?:
    | readonly {
        readonly path: string;
        readonly kind: "folder" | "certificate" | "key" | "authorities";
        /** Who needs it: a listener or a service. */
        readonly of: string;
      }[]
    | undefined;
  /** The environment that it reads. */
  readonly environment: readonly {
    readonly variable: string;
    readonly type: "string" | "int" | "float" | "bool" | "duration" | "size" | "url";
    readonly secret: boolean;
    /** Without it the gateway does not start. */
    readonly required: boolean;
  }[];
}
