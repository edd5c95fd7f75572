/**
 * Names `.vgw` lines in stack traces of a bundle. Node ignores source maps of functions compiled from text, so the map lies beside the bundle
 * and is read here, when an error is reported and not before.
 */
import { SourceMap, type SourceMapPayload } from "node:module";

export class StackRemapper {
  readonly #fileName: string;
  #octets: Uint8Array | null;
  #map: SourceMap | null = null;

  /** `map` is the source map's text in UTF-8; null: traces are left alone. */
  constructor(fileName: string, map: Uint8Array | null) {
    this.#fileName = fileName;
    this.#octets = map;
  }

  /** The stack with positions in the bundle replaced by those in the sources they came from. */
  remap(stack: string): string {
    if (!stack.includes(this.#fileName)) return stack;
    const map = this.#read();
    if (map === null) return stack;
    return stack
      .split("\n")
      .map((line) => this.#remapLine(map, line))
      .join("\n");
  }

  /** Where the first frame of the bundle that has a known source stands, such as "shop.vgw:12:3"; null: unknown. */
  origin(stack: string): string | null {
    return /(\S+\.vgw:\d+:\d+)/.exec(this.remap(stack))?.[1]?.replace(/^\(/, "") ?? null;
  }

  #remapLine(map: SourceMap, line: string): string {
    const start = line.indexOf(`${this.#fileName}:`);
    if (start < 0) return line;
    const rest = line.slice(start + this.#fileName.length);
    const position = /^:(\d+):(\d+)/.exec(rest);
    if (position === null) return line;
    const entry = map.findEntry(Number(position[1]) - 1, Number(position[2]) - 1);
    if (!("originalSource" in entry)) return line;
    const where = `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    return line.slice(0, start) + where + rest.slice(position[0].length);
  }

  #read(): SourceMap | null {
    if (this.#map === null && this.#octets !== null) {
      try {
        const payload: SourceMapPayload = JSON.parse(new TextDecoder().decode(this.#octets));
        this.#map = new SourceMap(payload);
      } catch {
        // A broken map must not hide the error that is being reported.
      }
      this.#octets = null;
    }
    return this.#map;
  }
}
