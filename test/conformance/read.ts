/** Reads `.case` files (see `FORMAT.md`). A mistake is reported as `path:line: what is wrong`. */
import type {
  Behaviour,
  BodyRule,
  Case,
  CaseFile,
  CaseRequest,
  ExpectedAnswer,
  ExpectedCall,
  ExpectedHeader,
  ExpectedLog,
} from "./case.ts";

import { CaseError } from "./case.ts";

interface Section {
  readonly word: string;
  readonly rest: string;
  /** Of its first line, from 1. */
  readonly line: number;
  readonly lines: readonly string[];
}

const WORDS = ["program", "file", "environment", "upstream", "request", "answer", "calls", "log"];

export function readCase(path: string, text: string): CaseFile {
  const reader = new Reader(path);
  return reader.read(text);
}

class Reader {
  private readonly path: string;
  constructor(path: string) {
    this.path = path;
  }

  private fail(line: number, message: string): never {
    throw new CaseError(`${this.path}:${line}: ${message}`);
  }

  read(text: string): CaseFile {
    const { head, sections } = this.sections(text);
    const program = sections.find((section) => section.word === "program");
    if (program === undefined) this.fail(1, "there is no === program");
    const upstreams = new Map<string, Behaviour[]>();
    const files = new Map<string, string>();
    const environment: Record<string, string> = {};
    for (const section of sections) {
      if (section.word === "upstream") {
        if (section.rest === "") this.fail(section.line - 1, "=== upstream needs the name of a service");
        upstreams.set(
          section.rest,
          this.parts(section).map((part) => this.behaviour(part)),
        );
      } else if (section.word === "file") files.set(section.rest, section.lines.join("\n"));
      else if (section.word === "environment") {
        for (const [index, line] of section.lines.entries()) {
          const at = line.indexOf("=");
          if (line.trim() === "") continue;
          if (at < 1) this.fail(section.line + index, "a line of === environment is NAME=value");
          environment[line.slice(0, at)] = line.slice(at + 1);
        }
      }
    }
    const written = program.lines.join("\n");
    return {
      path: this.path,
      title: head.get("title") ?? this.fail(1, "there is no title:"),
      rule: head.get("rule") ?? this.fail(1, "there is no rule: (where does the expectation come from?)"),
      program: /^vgw /m.test(written) ? `${written}\n` : `vgw 1\ngateway edge { }\n${written}\n`,
      files,
      environment,
      upstreams,
      cases: this.cases(sections),
    };
  }

  private sections(text: string): { head: Map<string, string>; sections: Section[] } {
    const head = new Map<string, string>();
    const sections: { word: string; rest: string; line: number; lines: string[] }[] = [];
    for (const [index, line] of text.split("\n").entries()) {
      const start = /^=== (\w+) ?(.*)$/.exec(line);
      const last = sections.at(-1);
      if (start !== null) {
        const word = start[1] ?? "";
        if (!WORDS.includes(word)) this.fail(index + 1, `=== ${word} is none of ${WORDS.join(", ")}`);
        sections.push({ word, rest: (start[2] ?? "").trim(), line: index + 2, lines: [] });
      } else if (last !== undefined) last.lines.push(line);
      else if (line.trim() !== "") {
        const entry = /^(title|rule): (.+)$/.exec(line);
        if (entry === null) this.fail(index + 1, "before the first === stand only title: and rule:");
        head.set(entry[1] ?? "", entry[2] ?? "");
      }
    }
    // One empty line before the next section belongs to the layout, not to the section.
    for (const section of sections) while (section.lines.at(-1) === "" && section.lines.length > 0) section.lines.pop();
    return { head, sections };
  }

  private cases(sections: readonly Section[]): Case[] {
    const cases: Case[] = [];
    for (const [index, section] of sections.entries()) {
      if (section.word !== "request") continue;
      const own: Section[] = [];
      for (const next of sections.slice(index + 1)) {
        if (!["answer", "calls", "log"].includes(next.word)) break;
        own.push(next);
      }
      if (section.rest === "") this.fail(section.line - 1, "=== request needs a title");
      const answer = own.find((each) => each.word === "answer");
      if (answer === undefined) this.fail(section.line - 1, "this request has no === answer");
      const calls = own.find((each) => each.word === "calls");
      const log = own.find((each) => each.word === "log");
      const anyOrder = calls?.lines[0] === "@any order";
      const listed = calls && anyOrder ? { ...calls, lines: calls.lines.slice(1), line: calls.line + 1 } : calls;
      cases.push({
        title: section.rest,
        line: section.line - 1,
        request: this.request(section),
        answer: this.answer(answer),
        calls: listed === undefined ? [] : this.parts(listed).map((part) => this.call(part)),
        anyOrder,
        logs: log === undefined ? [] : this.logs(log),
      });
    }
    if (cases.length === 0) this.fail(1, "there is no === request");
    return cases;
  }

  /** Split at `---` lines. */
  private parts(section: Section): Section[] {
    const parts: { word: string; rest: string; line: number; lines: string[] }[] = [{ ...section, lines: [] }];
    for (const [index, line] of section.lines.entries()) {
      if (line === "---") parts.push({ ...section, line: section.line + index + 1, lines: [] });
      else parts.at(-1)?.lines.push(line);
    }
    for (const part of parts) while (part.lines.at(-1) === "") part.lines.pop();
    return parts;
  }

  /** Directives, the first line, header lines, body. */
  private message(section: Section): {
    directives: Map<string, string>;
    first: string;
    line: number;
    fields: { text: string; line: number }[];
    body: Uint8Array;
  } {
    const directives = new Map<string, string>();
    const lines = [...section.lines];
    let line = section.line;
    while (lines[0]?.startsWith("@")) {
      const [word = "", ...rest] = (lines.shift() ?? "").split(" ");
      directives.set(word, rest.join(" "));
      line++;
    }
    const first = lines.shift();
    if (first === undefined || first === "") this.fail(line, `=== ${section.word} is empty`);
    const gap = lines.indexOf("");
    const fields = (gap < 0 ? lines : lines.slice(0, gap)).map((text, index) => ({ text, line: line + 1 + index }));
    const body = gap < 0 ? null : lines.slice(gap + 1).join("\n");
    return { directives, first, line, fields, body: bodyBytes(body ?? "", directives.has("@escapes")) };
  }

  private headers(fields: readonly { text: string; line: number }[]): [string, string][] {
    return fields.map(({ text, line }) => {
      const at = text.indexOf(":");
      if (at < 1) this.fail(line, `"${text}" is not a header line`);
      return [text.slice(0, at), text.slice(at + 1).trim()];
    });
  }

  private expectedHeaders(fields: readonly { text: string; line: number }[]): ExpectedHeader[] {
    return fields.map(({ text, line }) => {
      if (text.startsWith("!")) return { name: text.slice(1).toLowerCase(), value: null };
      const at = text.indexOf(":");
      if (at < 1) this.fail(line, `"${text}" is neither "name: value" nor "!name"`);
      return { name: text.slice(0, at).toLowerCase(), value: text.slice(at + 1).trim() };
    });
  }

  private rule(directives: ReadonlyMap<string, string>, line: number): BodyRule {
    const rule = directives.get("@body") ?? "exact";
    if (rule !== "exact" && rule !== "json" && rule !== "partial" && rule !== "any") {
      this.fail(line, `@body is json, partial or any, not "${rule}"`);
    }
    return rule;
  }

  private request(section: Section): CaseRequest {
    const isRaw = section.lines.some((line) => line === "@raw");
    if (isRaw) {
      const lines = section.lines.filter((line) => !line.startsWith("@"));
      const [method = "", target = ""] = (lines[0] ?? "").split(" ");
      // Empty lines at the end of a section are layout: a head without a body gets its end back.
      const text = lines.includes("") ? lines.join("\r\n") : `${lines.join("\r\n")}\r\n\r\n`;
      const from = section.lines.find((line) => line.startsWith("@from "))?.slice(6) ?? "127.0.0.1";
      return { method, target, headers: [], body: new Uint8Array(), raw: unescapeText(text), from, beside: null };
    }
    const { directives, first, line, fields, body } = this.message(section);
    const start = /^(\S+) (\S+) HTTP\/1\.1$/.exec(first);
    if (start === null) this.fail(line, `"${first}" is not "METHOD target HTTP/1.1"`);
    const request = {
      method: start[1] ?? "",
      target: start[2] ?? "",
      headers: this.headers(fields),
      body,
      raw: null,
      from: directives.get("@from") ?? "127.0.0.1",
      beside: null,
    };
    const beside = directives.get("@beside");
    if (beside === undefined) return request;
    const [method = "", target = "", ...more] = beside.split(" ");
    if (!target.startsWith("/") || more.length > 0) this.fail(line, `"${beside}" is not "METHOD target"`);
    return { ...request, beside: { ...request, method, target, body: new Uint8Array() } };
  }

  private behaviour(section: Section): Behaviour {
    const [match = "", answer = "", ...rest] = section.lines;
    const pair = /^(\S+) (\S+)(?: once)?$/.exec(match);
    if (match !== "any" && pair === null)
      this.fail(section.line, `"${match}" is not "METHOD target", "METHOD target once" or "any"`);
    const method = pair === null || pair[1] === "any" ? null : (pair[1] ?? null);
    const target = pair === null || pair[2] === "*" ? null : (pair[2] ?? null);
    const how = /^(?:(hang|close|refuse)|(cut )?(\d{3}))$/.exec(answer);
    if (how === null)
      this.fail(section.line + 1, `"${answer}" is neither a status nor hang, close, refuse or cut STATUS`);
    const kind = how[1] === "hang" || how[1] === "close" || how[1] === "refuse" ? how[1] : how[2] ? "cut" : "answer";
    const gap = rest.indexOf("");
    const fields = (gap < 0 ? rest : rest.slice(0, gap)).map((text, index) => ({
      text,
      line: section.line + 2 + index,
    }));
    return {
      method,
      target,
      once: match.endsWith(" once"),
      kind,
      status: Number(how[3] ?? 0),
      headers: this.headers(fields),
      body: bytes(gap < 0 ? "" : rest.slice(gap + 1).join("\n")),
    };
  }

  private answer(section: Section): ExpectedAnswer {
    const { directives, first, line, fields, body } = this.message(section);
    if (!/^\d{3}$/.test(first)) this.fail(line, `"${first}" is not a status`);
    const ends = directives.get("@ends") ?? "complete";
    if (ends !== "complete" && ends !== "cut" && ends !== "closed")
      this.fail(line, `@ends is cut or closed, not "${ends}"`);
    const rule = this.rule(directives, line);
    return { status: Number(first), headers: this.expectedHeaders(fields), rule, body, ends };
  }

  private call(section: Section): ExpectedCall {
    const { directives, first, line, fields, body } = this.message(section);
    const start = /^(\S+) (\S+) (\S+)$/.exec(first);
    if (start === null) this.fail(line, `"${first}" is not "SERVICE METHOD target"`);
    return {
      service: start[1] ?? "",
      method: start[2] ?? "",
      target: start[3] ?? "",
      headers: this.expectedHeaders(fields),
      rule: this.rule(directives, line),
      body,
    };
  }

  private logs(section: Section): ExpectedLog[] {
    return section.lines.flatMap((line, index) => {
      if (line === "") return [];
      const entry = /^(debug|info|warn|error) (.+)$/.exec(line);
      if (entry === null) this.fail(section.line + index, `"${line}" is not "LEVEL JSON"`);
      return [{ level: entry[1] ?? "", value: this.json(entry[2] ?? "", section.line + index) }];
    });
  }

  private json(text: string, line: number): unknown {
    try {
      return JSON.parse(text);
    } catch {
      return this.fail(line, `${text} is not JSON`);
    }
  }
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "utf8"));
}

/** With escapes: `\\xHH` is a byte, all else UTF-8. */
function bodyBytes(text: string, hasEscapes: boolean): Uint8Array {
  if (!hasEscapes) return bytes(text);
  return new Uint8Array(Buffer.from(unescapeText(Buffer.from(text, "utf8").toString("latin1")), "latin1"));
}

function unescapeText(text: string): string {
  return text.replace(
    /\\(?:([rnt0\\])|x([0-9a-fA-F]{2}))/g,
    (_, letter: string | undefined, hex: string | undefined) =>
      letter === undefined
        ? String.fromCharCode(Number.parseInt(hex ?? "0", 16))
        : ({ r: "\r", n: "\n", t: "\t", 0: "\0", "\\": "\\" }[letter] ?? ""),
  );
}
