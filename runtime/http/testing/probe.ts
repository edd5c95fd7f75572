/** Runs the cases of Http11Probe (see the file's `source`) against a port, and judges what came by the file's own tables. */
import { connect } from "node:net";

export interface ProbeCase {
  readonly id: string;
  readonly scored: boolean;
  readonly requestBase64?: string;
  /** Outcomes by verdict; an outcome is a status, "closed" or "timeout". */
  readonly verdict?: { readonly [verdict in "Pass" | "Warn" | "Fail"]?: readonly string[] };
  readonly steps?: readonly { readonly requestBase64?: string }[];
  /** The verdict also depends on the answer's body, fields or the connection's state. */
  readonly bodySensitive?: boolean;
}

export interface ProbeResult {
  readonly id: string;
  readonly scored: boolean;
  readonly verdict: "Pass" | "Warn" | "Fail";
  /** Outcomes of the steps. */
  readonly outcome: string;
}

interface Conversation {
  readonly text: string;
  readonly closed: boolean;
}

/** Sends the texts, each after an answer to the one before or `patience` ms, and reads until the end or `patience` ms of silence. */
function converse(port: number, texts: readonly string[], patience: number): Promise<Conversation> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    let next = 0;
    let timer: NodeJS.Timeout;
    const finish = (closed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, closed });
    };
    const advance = (): void => {
      clearTimeout(timer);
      timer = setTimeout(advance, patience);
      const step = texts[next++];
      if (step === undefined) finish(false);
      else socket.write(Buffer.from(step, "latin1"));
    };
    timer = setTimeout(advance, 0);
    socket.on("data", (data) => {
      text += data.toString("latin1");
      // Time for whatever else belongs to this answer.
      clearTimeout(timer);
      timer = setTimeout(advance, Math.min(patience, 150));
    });
    socket.on("error", () => {});
    socket.on("close", () => finish(true));
  });
}

const statuses = (text: string): string[] => [...text.matchAll(/HTTP\/1\.[01] (\d{3})/g)].map((match) => match[1]!);

export async function runProbe(port: number, cases: readonly ProbeCase[], patience: number): Promise<ProbeResult[]> {
  const results: ProbeResult[] = [];
  const queue = cases.filter((each) => (each.verdict !== undefined && each.requestBase64 !== undefined) || plain(each));
  const worker = async (): Promise<void> => {
    for (let each = queue.shift(); each !== undefined; each = queue.shift())
      results.push(await runOne(port, each, patience));
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return results.sort((left, right) => (left.id < right.id ? -1 : 1));
}

function plain(each: ProbeCase): boolean {
  return each.steps?.every((step) => step.requestBase64 !== undefined) ?? false;
}

async function runOne(port: number, each: ProbeCase, patience: number): Promise<ProbeResult> {
  const { id, scored } = each;
  const texts = (each.steps ?? [each]).map((step) =>
    Buffer.from(step.requestBase64 ?? "", "base64")
      .toString("latin1")
      .replaceAll("HOST", `127.0.0.1:${port}`),
  );
  const { text, closed } = await converse(port, texts, patience);
  const seen = statuses(text);
  if (each.steps !== undefined) {
    // A refusal, or a close behind the first answer, is right; an answer more than there were good requests is not.
    const refused = seen.length === 0 ? closed : /^[45]/.test(seen[0]!) && closed;
    const verdict = refused || (closed && seen.length <= 1) ? "Pass" : seen.length > texts.length ? "Fail" : "Warn";
    return { id, scored, verdict, outcome: `${seen.join(" ")}${closed ? " closed" : ""}` };
  }
  const first = seen.find((status) => status !== "100") ?? seen[0] ?? (closed ? "closed" : "timeout");
  return { id, scored, verdict: judge(each, first, text, closed), outcome: first };
}

function judge(each: ProbeCase, outcome: string, text: string, closed: boolean): "Pass" | "Warn" | "Fail" {
  const good = outcome.startsWith("2");
  switch (each.id) {
    case "COMP-CONNECTION-CLOSE":
    case "COMP-HTTP10-DEFAULT-CLOSE":
      return good && closed ? "Pass" : "Fail";
    case "COMP-HEAD-NO-BODY":
      return good && text.endsWith("\r\n\r\n") ? "Pass" : "Fail";
    case "COMP-DATE-HEADER":
    case "COMP-DATE-FORMAT":
      return /\r\ndate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/i.test(text) ? "Pass" : "Fail";
    case "COMP-405-ALLOW":
      return outcome === "405" && !/\r\nallow: /i.test(text) ? "Fail" : "Pass";
    case "COMP-NO-CL-IN-204":
      return outcome === "204" && /\r\ncontent-length: /i.test(text) ? "Fail" : "Pass";
    case "COMP-OPTIONS-ALLOW":
      return good && /\r\nallow: /i.test(text) ? "Pass" : "Warn";
  }
  for (const verdict of ["Pass", "Warn", "Fail"] as const)
    if (each.verdict?.[verdict]?.includes(outcome)) return verdict;
  return "Fail";
}
