/** How the command line speaks: results on standard output, everything else on standard error, colour only on a terminal. */
import { type Style, plainStyle } from "../diagnostics/render.ts";

/** The process's exit codes, the same for every command. */
export const exit = {
  good: 0,
  /** The program has errors, or a test fails. */
  program: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** A file, port, variable or other part of the surroundings failed. */
  environment: 3,
} as const;

/** Ends a command with a message for people; the top level prints it and sets the exit code. */
export class CommandError extends Error {
  readonly exitCode: number;
  readonly help: string | null;

  constructor(message: string, exitCode: number, help: string | null = null) {
    super(message);
    this.exitCode = exitCode;
    this.help = help;
  }
}

/** NO_COLOR (no-color.org) and FORCE_COLOR are respected. */
export function colours(stream: { readonly isTTY?: boolean }): boolean {
  if (process.env.NO_COLOR) return false;
  return Boolean(process.env.FORCE_COLOR) || Boolean(stream.isTTY);
}

const paint =
  (code: string) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[0m`;

const colourStyle: Style = {
  error: paint("1;31"),
  warning: paint("1;33"),
  related: paint("36"),
  faint: paint("2"),
  strong: paint("1"),
};

export function styleFor(stream: { readonly isTTY?: boolean }): Style {
  return colours(stream) ? colourStyle : plainStyle;
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Progress and remarks; never part of a command's result. */
export function remark(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
