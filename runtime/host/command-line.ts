/** The options of `node gateway.mjs`. */
import { parseArgs } from "node:util";
import { StartError } from "../start-error.ts";

export interface CommandLine {
  /** The artifact; null: the folder that `gateway.mjs` lies in. */
  readonly folder: string | null;
  /** Where relative paths of certificates and keys begin; null: the working directory. */
  readonly files: string | null;
  readonly check: boolean;
  readonly threads: number | null;
  readonly requireFast: boolean;
  /** Milliseconds. */
  readonly hangLimit: number;
  readonly help: boolean;
}

export const HELP = `node gateway.mjs: serves the program in this folder.

  --folder FOLDER       the folder that \`vgw build\` wrote (default: the one gateway.mjs lies in)
  --files FOLDER        where relative paths of certificates and keys begin (default: the working directory)
  --check               verify and configure it under this environment, then end
  --threads N           serving threads (default: the program's \`threads\`, else one per core)
  --require-fast        refuse to start where the fast transport does not load
  --hang-limit SECONDS  restart a gateway that shows no sign of life for so long (default: 10)
  --help                this text

Signals: SIGTERM and SIGINT drain (a second SIGINT ends at once), SIGHUP loads the folder again.
Ends with 0 when all is well, 2 for wrong usage, 3 when it cannot start here.
`;

/** Throws a `StartError` "start-usage". */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parsed(args);
  if (positionals.length > 0) throw usage(`"${positionals[0]}" is not an option`);
  return {
    folder: values.folder ?? null,
    files: values.files ?? null,
    check: values.check ?? false,
    threads: values.threads === undefined ? null : numberOf("--threads", values.threads, /^[1-9]\d{0,2}$/),
    requireFast: values["require-fast"] ?? false,
    hangLimit: numberOf("--hang-limit", values["hang-limit"] ?? "10", /^\d{1,6}(\.\d{1,3})?$/) * 1000,
    help: values.help ?? false,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        folder: { type: "string" },
        files: { type: "string" },
        check: { type: "boolean" },
        threads: { type: "string" },
        "require-fast": { type: "boolean" },
        "hang-limit": { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

function numberOf(option: string, text: string, form: RegExp): number {
  if (!form.test(text) || Number(text) === 0) throw usage(`${option} takes a number above 0, not "${text}"`);
  return Number(text);
}

function usage(message: string): StartError {
  return new StartError("start-usage", message, [], "`node gateway.mjs --help` lists the options.");
}
