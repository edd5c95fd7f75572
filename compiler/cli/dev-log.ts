/** The gateway's log lines as a person at a terminal reads them: one short line per request, `log` steps and warnings in words. */
import type { Style } from "../diagnostics/render.ts";

/** `line` is one JSON record. What is not one, or tells nothing to somebody who edits a program, comes back as "" or as it is. */
export function humanLine(line: string, style: Style): string {
  const record = parse(line);
  if (record === null) return line;
  const time = style.faint(text(record.time).slice(11, 19));
  if (record.message === "request") return `${time} ${request(record, style)}`;
  // What the session says itself in its own words.
  if (typeof record.event === "string")
    return record.level === "info" ? "" : `${time} ${style.warning(text(record.message))}`;
  const said = record.fields === undefined ? text(record.message) : JSON.stringify(record.fields);
  return `${time} ${style.related(`log ${text(record.level)}`)} ${said}`;
}

function request(record: Record<string, unknown>, style: Style): string {
  const status = Number(record.status);
  const paint = status >= 500 ? style.error : status >= 400 ? style.warning : style.strong;
  const parts = [
    `${text(record.method)} ${text(record.path)} ${paint(String(status))} ${text(record.duration_ms)} ms`,
    record.route === "" ? "" : style.faint(text(record.route)),
    status >= 400 ? text(record.reason) : "",
    text(record.detail),
  ];
  return parts.filter((part) => part !== "").join("  ");
}

function parse(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

/** Control characters of a path would drive the terminal. */
function text(value: unknown): string {
  const all = value === undefined ? "" : String(value);
  return all.replace(/[\u0000-\u001f\u007f-\u009f]/g, "\u00b7");
}
