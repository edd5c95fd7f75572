/** The record of a `log` step: its own line, tied to the request by the trace. The checker has seen to it that nothing labelled is in it. */
import type { LogValue } from "../abi.ts";
import type { Exchange } from "../http/exchange.ts";
import { quoted, timestamp } from "./access-record.ts";

/** Characters of a value's JSON that are kept. */
const VALUE_LENGTH = 16 * 1024;

export function stepRecord(
  exchange: Exchange,
  level: "debug" | "info" | "warn" | "error",
  value: LogValue,
  head: string,
  now: number,
): string {
  const start = `{"time":"${timestamp(now)}","level":"${level}"`;
  const end = `${head},"route":${quoted(exchange.route)},"trace_id":"${exchange.traceId}","span_id":"${exchange.spanId}"}\n`;
  if (typeof value === "string") return `${start},"message":${JSON.stringify(value.slice(0, VALUE_LENGTH))}${end}`;
  const text = JSON.stringify(value) ?? "null";
  if (text.length <= VALUE_LENGTH) return `${start},"message":"log","fields":${text}${end}`;
  return `${start},"message":"log","truncated":${JSON.stringify(text.slice(0, VALUE_LENGTH))}${end}`;
}
