/** Media inside of a URL (RFC 2397), as clients of several dialects send images and files. */
import type { MediaSource } from "../canonical/request.ts";

/** What a URL names, without a look at the bytes; null: a `data:` URL that is not base64. Only `data:`, `https:` and `http:` are taken. */
export function mediaSource(url: string): MediaSource | null {
  if (/^https?:\/\//i.test(url)) return { kind: "url", url, mediaType: null };
  if (!/^data:/i.test(url)) return null;
  const comma = url.indexOf(",");
  if (comma === -1 || comma > 256) return null;
  const head = url.slice(5, comma).split(";");
  if (head.length < 2 || head.at(-1)?.trim().toLowerCase() !== "base64") return null;
  const mediaType = head[0]?.trim().toLowerCase() ?? "";
  return { kind: "base64", mediaType: mediaType === "" ? "text/plain" : mediaType, data: url.slice(comma + 1) };
}

export function dataUrl(mediaType: string, data: string): string {
  return `data:${mediaType};base64,${data}`;
}
