/** The host's own log lines (start, swap, drain, errors): JSON, one per line, beside the access log. */
import type { LogValue } from "../abi.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** `event` is a fixed dotted word to search for; `fields.message` is for people. */
export type HostLog = (level: LogLevel, event: string, fields: { readonly [key: string]: LogValue }) => void;

/** `write` gets a whole line with its newline. */
export function createHostLog(write: (line: string) => void, now: () => number = Date.now): HostLog {
  return (level, event, fields) => {
    write(`${JSON.stringify({ time: new Date(now()).toISOString(), level, event, ...fields })}\n`);
  };
}
