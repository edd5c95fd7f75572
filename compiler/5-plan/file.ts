/** Files that a program embeds: `reply file("robots.txt")`, relative to the source file that names them. */
import { Buffer } from "node:buffer";
import { dirname, extname, join } from "node:path";
import type { Context } from "./context.ts";

const MEDIA_TYPES: { readonly [extension: string]: string } = {
  ".css": "text/css; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".gif": "image/gif",
  ".htm": "text/html; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/vnd.microsoft.icon",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".md": "text/markdown; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".xml": "application/xml",
};

/** By the extension; bytes without meaning where it is not known. */
export function mediaTypeOf(path: string): string {
  return MEDIA_TYPES[extname(path).toLowerCase()] ?? "application/octet-stream";
}

/** A file that a program cannot be built without cannot be read, or is not what it should be. */
export class FileError extends Error {
  /** What to do about it. */
  readonly next: string;

  constructor(message: string, next: string) {
    super(message);
    this.next = next;
  }
}

/** Base64. Throws `FileError` where the file cannot be read: a program cannot be built without what it serves. */
export function embed(context: Context, path: string): string {
  const place = join(dirname(context.module.tree.file), path);
  const data = context.body.program.readFile(place);
  if (data === null)
    throw new FileError(
      `${place} cannot be read, but the program serves it.`,
      "Put the file there, or name another one: paths are relative to the file that names them.",
    );
  return Buffer.from(data).toString("base64");
}
