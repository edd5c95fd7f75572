/**
 * The access log's record of one exchange, as a line of JSON. It holds no header, no body and no query value, where secrets
 * travel: of the query only the parameters' names are told, and of a path with a labelled part the route's pattern.
 */
import type { Exchange, ModelNote } from "../http/exchange.ts";
import { completionTokens, promptTokens } from "../model/canonical/usage.ts";
import { costText } from "../model/engine/cost-headers.ts";

// A quote, a backslash, a control character or a lone surrogate needs JSON's escapes; paths and names hardly ever have one.
const NEEDS_ESCAPE = /["\\\0-\x1f\x7f-\u009f\u2028\u2029\ud800-\udfff]/;

/** JSON of a string; most go in as they are. */
export function quoted(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

let second = -1;
let secondText = "";

/** RFC 3339, UTC, with milliseconds. The part down to the second is kept, as it serves thousands of records. */
export function timestamp(now: number): string {
  const whole = Math.floor(now / 1000);
  if (whole !== second) {
    second = whole;
    secondText = new Date(whole * 1000).toISOString().slice(0, 20);
  }
  const milliseconds = Math.floor(now - whole * 1000);
  return `${secondText}${milliseconds < 10 ? "00" : milliseconds < 100 ? "0" : ""}${milliseconds}Z`;
}

/** At most so many names, so that a hostile query cannot swell the log. */
const NAMES = 16;
const NAME_LENGTH = 64;

/** Names of the query's parameters, in order, each once, as they were sent. */
export function queryNames(query: string): string[] {
  const names: string[] = [];
  for (const pair of query.split("&", NAMES * 4)) {
    const end = pair.indexOf("=");
    // A pair without "=" may be a bare token: a value, not a name.
    if (end <= 0) continue;
    const name = pair.slice(0, Math.min(end, NAME_LENGTH));
    if (!names.includes(name)) names.push(name);
    if (names.length === NAMES) break;
  }
  return names;
}

const PATH_LENGTH = 2048;

/** `head`: the fields that are the same for every record of this gateway and generation, as text. `now` in ms since the epoch. */
export function accessRecord(exchange: Exchange, head: string, now: number, milliseconds: number): string {
  const { status, upstream, query } = exchange;
  const path = exchange.shownPath === "" ? exchange.path : exchange.shownPath;
  const level = status >= 500 ? "error" : status >= 400 ? "warn" : "info";
  let line = `{"time":"${timestamp(now)}","level":"${level}","message":"request"${head}`;
  line += `,"method":${quoted(exchange.method)},"host":${quoted(exchange.host)},"path":${quoted(path.length > PATH_LENGTH ? path.slice(0, PATH_LENGTH) : path)}`;
  if (query !== "") line += `,"query_names":${JSON.stringify(queryNames(query))}`;
  line += `,"status":${status},"bytes_in":${exchange.bytesReceived},"bytes_out":${exchange.bytesSent},"duration_ms":${rounded(milliseconds)}`;
  if (exchange.aborted) line += ',"aborted":true';
  const { webSocketNote: note } = exchange;
  if (note !== null) {
    line += `,"close_code":${note.code},"closed_by":"${note.closedBy}","messages_in":${note.messagesIn},"messages_out":${note.messagesOut}`;
  }
  if (upstream !== null) {
    if (exchange.service !== "") line += `,"service":${quoted(exchange.service)}`;
    line += `,"endpoint":${quoted(upstream.endpoint)},"upstream_ms":${rounded(upstream.milliseconds)}`;
    if (upstream.attempts > 1) line += `,"attempts":${upstream.attempts}`;
  }
  if (exchange.modelNote !== null) line += modelFields(exchange.modelNote);
  line += `,"route":${quoted(exchange.route)}`;
  if (exchange.reason !== "") line += `,"reason":${quoted(exchange.reason)}`;
  if (exchange.detail !== "") line += `,"detail":${quoted(exchange.detail)}`;
  return `${line},"trace_id":"${exchange.traceId}","span_id":"${exchange.spanId}","client":"${exchange.address}"}\n`;
}

/** Tokens as the provider counted them: all that went in and came out, and what of it was cached or thought. */
function modelFields(note: ModelNote): string {
  const { model, usage, outcome, fallbacks, continuations, firstToken, by = "", key = "", skipped = [], cost } = note;
  let fields = `,"model":${quoted(model)}`;
  if (by !== "" && by !== "only") fields += `,"model_by":${quoted(by)}`;
  if (key !== "") fields += `,"model_key":${quoted(key)}`;
  if (skipped.length > 0)
    fields += `,"models_skipped":${quoted(skipped.map((one) => `${one.model}: ${one.reason}`).join(", "))}`;
  if (usage !== null) {
    fields += `,"tokens_in":${promptTokens(usage)},"tokens_out":${completionTokens(usage)}`;
    if (usage.cacheRead > 0) fields += `,"tokens_cached":${usage.cacheRead}`;
    if (usage.reasoning > 0) fields += `,"tokens_reasoning":${usage.reasoning}`;
  }
  if (cost !== undefined) fields += `,"cost":"${costText(cost)}"`;
  if (firstToken !== null) fields += `,"first_token_ms":${rounded(firstToken)}`;
  if (fallbacks > 0) fields += `,"fallbacks":${fallbacks}`;
  if (continuations > 0) fields += `,"continuations":${continuations}`;
  return outcome === "answered" ? fields : `${fields},"model_error":"${outcome}"`;
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
