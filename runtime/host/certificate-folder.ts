/**
 * The pairs of a folder, by name: `NAME.pem` or `NAME.crt` (the certificate, then those between it and its authority) with
 * `NAME.key`, and sub-folders `NAME/` with `fullchain.pem` and `privkey.pem`, as certbot keeps them. Names that begin with a dot and
 * other files are left alone. In the order of their names, the pair called `default` first.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { PemSource } from "../abi.ts";
import { PemError } from "./pem.ts";

export interface PairFiles {
  readonly certificate: PemSource;
  readonly key: PemSource;
  readonly passphrase: null;
}

/** `base`: where a relative path begins. Throws a `PemError`. */
export function pairsIn(folder: string, base: string): PairFiles[] {
  const pairs = new Map<string, PairFiles>();
  const add = (name: string, certificate: string, key: string): void => {
    if (pairs.has(name)) throw new PemError(`${folder} holds two certificates called ${name}`);
    pairs.set(name, {
      certificate: { file: join(folder, certificate) },
      key: { file: join(folder, key) },
      passphrase: null,
    });
  };
  const names = namesIn(folder, base);
  const files = new Set(names);
  for (const name of names) {
    const [, stem, ending] = /^(.+)\.(pem|crt|key)$/.exec(name) ?? [];
    if (stem === undefined) {
      if (existsSync(join(resolve(base, folder), name, "fullchain.pem")))
        add(name, join(name, "fullchain.pem"), join(name, "privkey.pem"));
    } else if (ending === "key") {
      if (!files.has(`${stem}.pem`) && !files.has(`${stem}.crt`))
        throw new PemError(`${join(folder, name)} has no certificate ${stem}.pem or ${stem}.crt beside it`);
    } else {
      if (!files.has(`${stem}.key`)) throw new PemError(`${join(folder, name)} has no key ${stem}.key beside it`);
      add(stem, name, `${stem}.key`);
    }
  }
  if (pairs.size === 0)
    throw new PemError(
      `${folder} holds no certificates: NAME.pem with NAME.key, or NAME/fullchain.pem with NAME/privkey.pem`,
    );
  const order = (name: string): string => (name === "default" ? "" : name);
  return [...pairs].sort(([a], [b]) => (order(a) < order(b) ? -1 : 1)).map(([, pair]) => pair);
}

function namesIn(folder: string, base: string): string[] {
  const path = resolve(base, folder);
  try {
    if (!statSync(path).isDirectory()) throw new PemError(`${folder} is not a folder`);
    return readdirSync(path).filter((name) => !name.startsWith("."));
  } catch (error) {
    if (error instanceof PemError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw new PemError(
      code === "ENOENT"
        ? `the folder ${folder} is not there (looked for at ${path})`
        : `${folder} cannot be read (${code})`,
    );
  }
}
