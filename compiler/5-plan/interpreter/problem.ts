/** Problem documents (RFC 9457): the body of every answer that the gateway makes because something is wrong. */
import { ERRORS } from "../../../runtime/errors.ts";
import { reasonPhrase } from "../../../runtime/http/status.ts";
import type { Problem } from "../../../runtime/failure.ts";

export interface ProblemDocument {
  readonly status: number;
  readonly code: string;
  readonly detail: string | null;
  readonly problems: readonly Problem[] | null;
}

export function problemTitle(status: number, code: string): string {
  const known = Object.entries(ERRORS).find((entry) => entry[0] === code);
  return known === undefined ? reasonPhrase(status) : known[1].title;
}

/** Members in the order type, title, status, detail, code, problems; what is null or empty is left out. */
export function problemBody({ status, code, detail, problems }: ProblemDocument): Uint8Array {
  const parts = [
    `"type":${JSON.stringify(`urn:vgw:problem:${code}`)}`,
    `"title":${JSON.stringify(problemTitle(status, code))}`,
    `"status":${status}`,
  ];
  if (detail !== null) parts.push(`"detail":${JSON.stringify(detail)}`);
  parts.push(`"code":${JSON.stringify(code)}`);
  if (problems !== null && problems.length > 0) {
    const items = problems.map(
      (one) => `{"path":${JSON.stringify(one.path)},"message":${JSON.stringify(one.message)}}`,
    );
    parts.push(`"problems":[${items.join(",")}]`);
  }
  return new TextEncoder().encode(`{${parts.join(",")}}`);
}
