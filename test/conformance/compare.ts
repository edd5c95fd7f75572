/** Holds what was seen against what a case expects; gives every difference as a sentence. */
import type { BodyRule, Case, ExpectedHeader, Seen, SeenCall } from "./case.ts";

export function differences(expected: Case, seen: Seen): string[] {
  const { answer } = expected;
  const found: string[] = [];
  if (seen.answer.status !== answer.status) {
    found.push(`status ${seen.answer.status} instead of ${answer.status}; body ${text(seen.answer.body)}`);
  }
  found.push(...headerDifferences("answer", answer.headers, seen.answer.headers));
  found.push(...mediaType(expected, seen));
  const isHead = expected.request.method === "HEAD";
  if (!isHead || answer.body.length > 0)
    found.push(...bodyDifferences("answer", answer.rule, answer.body, seen.answer.body));
  if (
    answer.ends === "closed" ? seen.answer.ends === "cut" : (seen.answer.ends === "cut") !== (answer.ends === "cut")
  ) {
    found.push(`the answer ended ${seen.answer.ends} instead of ${answer.ends}`);
  }
  found.push(...soundness(seen));
  found.push(...callDifferences(expected, seen.calls));
  const [logs, wanted] = [JSON.stringify(seen.logs), JSON.stringify(expected.logs)];
  if (!same(seen.logs, expected.logs)) found.push(`log ${logs} instead of ${wanted}`);
  return found;
}

/** An answer that the program makes itself says what it is: where the case does not name it, its body tells what it must be. */
function mediaType(expected: Case, seen: Seen): string[] {
  const { answer, calls } = expected;
  const isNamed = answer.headers.some(({ name }) => name === "content-type");
  if (isNamed || calls.length > 0 || answer.body.length === 0 || expected.request.raw !== null) return [];
  const isJson = /^[[{]/.test(Buffer.from(answer.body).toString("utf8"));
  const problem = answer.rule === "partial" && answer.status >= 400 ? "problem+json" : "json";
  const value = isJson ? `application/${problem}` : "text/plain; charset=utf-8";
  return headerDifferences("answer", [{ name: "content-type", value }], seen.answer.headers);
}

/** What must hold for every answer, whatever the case (RFC 9110 §6.6.1, §7.6.1, §8.6; RFC 9112 §6). */
function soundness({ answer }: Seen): string[] {
  const found: string[] = [];
  const count = (name: string): number => answer.headers.filter(([key]) => key === name).length;
  for (const name of ["content-length", "content-type", "date", "location"]) {
    if (count(name) > 1) found.push(`answer: ${name} is there ${count(name)} times`);
  }
  for (const name of ["keep-alive", "proxy-connection", "te", "proxy-authenticate", "upgrade"]) {
    // Node's own server says how long it keeps a connection, which is about this hop.
    // The other half of a handshake, and what would be spoken instead.
    if (name === "upgrade" && (answer.status === 101 || answer.status === 426)) continue;
    if (name !== "keep-alive" && count(name) > 0) found.push(`answer: ${name} is for one hop only`);
  }
  if ((answer.status === 204 || answer.status === 304) && count("transfer-encoding") > 0) {
    found.push(`answer: transfer-encoding on ${answer.status}`);
  }
  if (answer.status === 204 && count("content-length") > 0) found.push("answer: content-length on 204");
  return found;
}

function headerDifferences(
  where: string,
  expected: readonly ExpectedHeader[],
  seen: readonly (readonly [string, string])[],
): string[] {
  return [...new Set(expected.map(({ name }) => name))].flatMap((name) => {
    const values = seen.filter(([key]) => key === name).map(([, value]) => value);
    const wanted = expected.filter((header) => header.name === name).map(({ value }) => value);
    if (wanted.includes(null))
      return values.length > 0 ? [`${where}: ${name}: ${values.join(" | ")} must not be there`] : [];
    if (wanted.includes("*")) return values.length === 0 ? [`${where}: ${name} is missing`] : [];
    return same(values, wanted)
      ? []
      : [`${where}: ${name}: ${values.join(" | ") || "(missing)"} instead of ${wanted.join(" | ")}`];
  });
}

function bodyDifferences(where: string, rule: BodyRule, expected: Uint8Array, seen: Uint8Array): string[] {
  if (rule === "any") return [];
  if (rule === "exact") {
    return Buffer.from(expected).equals(Buffer.from(seen))
      ? []
      : [`${where}: body ${text(seen)} instead of ${text(expected)}`];
  }
  const [wanted, value] = [parse(expected), parse(seen)];
  const fits = rule === "json" ? same(value, wanted) : includes(value, wanted);
  return fits ? [] : [`${where}: body ${text(seen)} instead of ${rule} ${text(expected)}`];
}

function callDifferences(expected: Case, seen: readonly SeenCall[]): string[] {
  const line = (call: { service: string; method: string; target: string }): string =>
    `${call.service} ${call.method} ${call.target}`;
  const order = <T extends { service: string; method: string; target: string }>(calls: readonly T[]): T[] =>
    expected.anyOrder ? [...calls].sort((a, b) => (line(a) < line(b) ? -1 : 1)) : [...calls];
  const [wanted, found] = [order(expected.calls), order(seen)];
  if (!same(found.map(line), wanted.map(line))) {
    return [`calls ${JSON.stringify(found.map(line))} instead of ${JSON.stringify(wanted.map(line))}`];
  }
  return wanted.flatMap((call, index) => {
    const one = found[index];
    if (one === undefined) return [];
    const where = `call ${line(call)}`;
    return [
      ...headerDifferences(where, call.headers, one.headers),
      ...bodyDifferences(where, call.rule, call.body, one.body),
    ];
  });
}

function parse(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString("utf8"));
  } catch {
    return undefined;
  }
}

function same(left: unknown, right: unknown): boolean {
  return left === right || (includes(left, right) && includes(right, left));
}

/** Whether `value` has all that `part` has; lists have the same length. */
function includes(value: unknown, part: unknown): boolean {
  if (typeof part !== "object" || part === null || typeof value !== "object" || value === null)
    return Object.is(value, part);
  if (Array.isArray(part) || Array.isArray(value)) {
    return (
      Array.isArray(part) &&
      Array.isArray(value) &&
      value.length === part.length &&
      part.every((item, index) => includes(value[index], item))
    );
  }
  return Object.entries(part).every(
    ([key, item]) => Object.hasOwn(value, key) && includes(Reflect.get(value, key), item),
  );
}

function text(data: Uint8Array): string {
  const shown = Buffer.from(data).toString("utf8");
  return JSON.stringify(shown.length > 600 ? `${shown.slice(0, 600)}…` : shown);
}
