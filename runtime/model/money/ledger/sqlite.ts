/**
 * SQLite through the native file of libsql: the few calls that the ledger needs, whole numbers as bigint. The package's JavaScript half looks for its native half
 * beside itself in `node_modules`, which an artifact does not have; so the native file is loaded directly, whose functions are listed here.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** What is used of the native module of libsql 0.5. */
interface NativeModule {
  databaseOpen(
    path: string,
    token: string,
    cipher: string,
    key: string,
    seconds: number,
    remoteKey: string,
  ): NativeDatabase;
  databaseClose(this: NativeDatabase): void;
  databaseExecSync(this: NativeDatabase, sql: string): void;
  databasePrepareSync(this: NativeDatabase, sql: string): NativeStatement;
  statementRun(this: NativeStatement, parameters: readonly Value[]): { readonly changes: number };
  statementRaw(this: NativeStatement, raw: boolean): void;
  statementSafeIntegers(this: NativeStatement, safe: boolean): void;
  statementRowsSync(this: NativeStatement, parameters: readonly Value[]): NativeRows;
  /** Fills the array; where rows end, undefined stands. */
  rowsNext(this: NativeRows, batch: (Row | undefined)[]): void;
}
type NativeDatabase = object;
type NativeStatement = object;
type NativeRows = object;

export type Value = bigint | number | string | null;
export type Row = readonly (bigint | number | string | null)[];

/** A build for this machine, and where it came from. */
export interface LoadedSqlite {
  readonly module: NativeModule;
  /** The native file, absolute: what an artifact carries. */
  readonly file: string;
}

/** The name of the native file beside an artifact. */
export const ARTIFACT_FILE = "sqlite.node";

/** `artifact` comes first, where its file has this `hash` (SHA-256, hexadecimal); `from`: a file from whose place packages are looked up. Gives why it does not load, as text. */
export function loadSqlite(
  options: { artifact?: { readonly folder: string; readonly hash: string | null } | undefined; from?: string } = {},
): LoadedSqlite | string {
  const require = createRequire(options.from ?? import.meta.url);
  const problems: string[] = [];
  const files: string[] = [];
  if (options.artifact !== undefined) {
    const { folder, hash } = options.artifact;
    const file = join(folder, ARTIFACT_FILE);
    if (existsSync(file)) {
      if (createHash("sha256").update(readFileSync(file)).digest("hex") === hash) files.push(file);
      else problems.push(`${ARTIFACT_FILE} is not the file that the manifest describes`);
    }
  }
  for (const name of packages()) {
    try {
      files.push(require.resolve(name));
    } catch {
      problems.push(`${name}: not installed`);
    }
  }
  for (const file of files) {
    try {
      const module: NativeModule = require(file);
      if (typeof module.databaseOpen === "function") return { module, file };
      problems.push(`${file}: is not libsql`);
    } catch (error) {
      problems.push(`${file}: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`);
    }
  }
  return problems.join("; ");
}

/** For this platform; on Linux both, of which only one loads. */
function packages(): readonly string[] {
  const { platform, arch } = process;
  if (platform === "linux") {
    return arch === "arm"
      ? ["@libsql/linux-arm-gnueabihf", "@libsql/linux-arm-musleabihf"]
      : [`@libsql/linux-${arch}-gnu`, `@libsql/linux-${arch}-musl`];
  }
  return [platform === "win32" ? `@libsql/win32-${arch}-msvc` : `@libsql/${platform}-${arch}`];
}

/** Rows that are fetched at once. */
const BATCH = 100;

export class Sqlite {
  readonly #native: NativeModule;
  readonly #database: NativeDatabase;
  readonly #statements = new Map<string, NativeStatement>();

  /** Throws where the file cannot be opened. */
  constructor({ module }: LoadedSqlite, path: string) {
    this.#native = module;
    this.#database = module.databaseOpen(path, "", "aes256cbc", "", 0, "");
  }

  /** Statements without parameters or rows. */
  execute(sql: string): void {
    this.#native.databaseExecSync.call(this.#database, sql);
  }

  /** A statement without rows; how many it changed. */
  run(sql: string, ...parameters: readonly Value[]): number {
    return this.#native.statementRun.call(this.#prepared(sql), parameters).changes;
  }

  all(sql: string, ...parameters: readonly Value[]): Row[] {
    const native = this.#native;
    const statement = this.#prepared(sql);
    native.statementSafeIntegers.call(statement, true);
    native.statementRaw.call(statement, true);
    const rows = native.statementRowsSync.call(statement, parameters);
    const all: Row[] = [];
    for (;;) {
      const batch: (Row | undefined)[] = new Array(BATCH);
      native.rowsNext.call(rows, batch);
      for (const row of batch) {
        if (row === undefined) return all;
        all.push(row);
      }
    }
  }

  /** Everything or nothing. */
  transaction(work: () => void): void {
    this.execute("BEGIN IMMEDIATE");
    try {
      work();
      this.execute("COMMIT");
    } catch (error) {
      this.execute("ROLLBACK");
      throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    this.#native.databaseClose.call(this.#database);
  }

  #prepared(sql: string): NativeStatement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#native.databasePrepareSync.call(this.#database, sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
