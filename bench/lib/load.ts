/** Load by wrk, read from its report: requests, errors, latency. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

export interface Load {
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers that were not 2xx or 3xx, and broken connections. */
  readonly errors: number;
}

/** Ten headers as a browser with a session sends them. */
export const BROWSER_HEADERS: readonly string[] = [
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
  "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "Accept-Language: en-US,en;q=0.5",
  "Accept-Encoding: gzip, deflate, br",
  "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; consent=1",
  "Authorization: Bearer 0123456789abcdef0123456789abcdef0123456789abcdef",
  "Cache-Control: no-cache",
  "Referer: https://shop.example/orders",
  "Sec-Fetch-Mode: navigate",
];

export interface LoadOptions {
  readonly seconds: number;
  readonly connections: number;
  readonly headers?: readonly string[];
  /** A Lua script that makes the requests. */
  readonly script?: string;
}

export async function wrk(url: string, options: LoadOptions): Promise<Load> {
  const headers = (options.headers ?? []).flatMap((header) => ["-H", header]);
  const script = options.script === undefined ? [] : ["-s", options.script];
  const args = ["-t1", `-c${options.connections}`, `-d${options.seconds}s`, "--latency", ...headers, ...script, url];
  const { stdout } = await promisify(execFile)("wrk", args);
  const number = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? 0);
  return {
    requests: number(/(\d+) requests in/),
    perSecond: number(/Requests\/sec:\s+([\d.]+)/),
    p50: milliseconds(/50%\s+([\d.]+)(us|ms|s)/.exec(stdout)),
    p99: milliseconds(/99%\s+([\d.]+)(us|ms|s)/.exec(stdout)),
    errors:
      number(/Non-2xx or 3xx responses: (\d+)/) +
      number(/connect (\d+)/) +
      number(/read (\d+)/) +
      number(/write (\d+)/) +
      number(/timeout (\d+)/),
  };
}

function milliseconds(found: RegExpExecArray | null): number {
  if (!found) return Number.NaN;
  const factor = found[2] === "us" ? 0.001 : found[2] === "ms" ? 1 : 1000;
  return Number(found[1]) * factor;
}
