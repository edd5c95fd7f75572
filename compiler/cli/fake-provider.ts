/** `vgw fake-provider`: serves made-up models on this machine until interrupted, for programs and tests without a key. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { FAKE_NAMES, type FakeName, parseSwitches, startFakeProvider, WORDS } from "../../runtime/model/fake/index.ts";
import { CommandError, exit, print, printJson, remark } from "./output.ts";

export interface FakeProviderOptions {
  readonly port: string;
  readonly switches?: string;
  readonly serviceAccount?: string;
  readonly list?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

export async function runFakeProvider(dialect: string | undefined, options: FakeProviderOptions): Promise<number> {
  if (options.list) {
    if (options.json)
      printJson(WORDS.map(({ word, number, documentation }) => ({ word, number: number !== null, documentation })));
    else print(switchesText());
    return exit.good;
  }
  const dialects = dialect === undefined ? [] : [dialectOf(dialect)];
  const port = /^[0-9]{1,5}$/.test(options.port) ? Number(options.port) : -1;
  if (port < 0 || port > 65_535) {
    throw new CommandError(
      `${options.port} is not a port`,
      exit.usage,
      "--port takes a number from 0 to 65535; 0 is any free one.",
    );
  }
  const switches = parseSwitches(options.switches ?? "");
  if (typeof switches === "string") throw new CommandError(switches, exit.usage);
  const seen = options.quiet || options.json ? undefined : tell;
  const file = options.serviceAccount;
  const serviceAccount = file === undefined ? null : accountIn(file);
  const server = await startFakeProvider({ dialects, port, switches, seen, serviceAccount }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      `cannot listen on 127.0.0.1:${port}: ${why}`,
      exit.environment,
      "Give another --port, or 0 for any free one.",
    );
  });
  if (file !== undefined && server.serviceAccount !== serviceAccount) {
    try {
      keepAccount(file, server.serviceAccount);
    } catch (error) {
      await server.close();
      throw unusable(file, error);
    }
  }
  const served = dialects.length === 0 ? FAKE_NAMES : dialects;
  if (options.json) printJson({ origin: server.origin, port: server.port, dialects: served });
  else {
    print(`fake provider on ${server.origin}, speaks ${served.join(", ")}`);
    remark(
      'Models named "fake" echo; "fake-slow", "fake-429" and others do what they say. vgw fake-provider --list lists the switches.',
    );
  }
  await interrupted();
  await server.close();
  return exit.good;
}

function switchesText(): string {
  const width = Math.max(...WORDS.map(({ word, number }) => word.length + (number === null ? 0 : 2)));
  const lines = WORDS.map(
    ({ word, number, documentation }) => `  ${`${word}${number === null ? "" : "=N"}`.padEnd(width)}  ${documentation}`,
  );
  return `Switches, for --switches, in a model's name ("fake-429-retry=2"), in the header x-fake, or in the\nuser's last message ("[[fake tools=2, slow]]"):\n${lines.join("\n")}`;
}

function tell(method: string, target: string, status: number | null): void {
  remark(`${method} ${target} ${status ?? "(no answer)"}`);
}

/** Null: there is none yet. A file that holds something else is not written over. */
function accountIn(file: string): string | null {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw unusable(file, error);
  }
  if (!text.includes('"fake@fake-project.')) throw unusable(file, new Error("it is no account of this command's"));
  return text;
}

/** For whoever started this alone. */
function keepAccount(file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 });
  chmodSync(file, 0o600);
}

function unusable(file: string, error: unknown): CommandError {
  const why = error instanceof Error ? error.message : String(error);
  return new CommandError(
    `cannot use ${file} for a service account: ${why}`,
    exit.environment,
    "Give --service-account a file that is not there yet, or that it has written.",
  );
}

function dialectOf(name: string): FakeName {
  for (const known of FAKE_NAMES) if (known === name) return known;
  throw new CommandError(
    `there is no dialect ${name}`,
    exit.usage,
    `It is one of ${FAKE_NAMES.join(", ")}; without one, all are spoken.`,
  );
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}
