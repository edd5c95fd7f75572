/** Absolute http and https URLs, in the canonical text of the WHATWG URL standard. */
import type { Failure } from "../failure.ts";
import { invalidText } from "./convert.ts";

/**
 * Absolute, http or https, with a host and without user information; no white space or control character anywhere
 * (the standard's parser would silently drop some).
 */
export function urlFromText(text: string): string | undefined {
  if (text.length > 8192 || !/^https?:\/\/[^/?#\\]/i.test(text) || /[\u0000-\u0020\u007f\\]/.test(text))
    return undefined;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.username === "" && url.password === "" ? url.href : undefined;
}
export function urlFromJson(value: unknown): string | undefined {
  return typeof value === "string" ? urlFromText(value) : undefined;
}
export function parseUrl(text: string): string | Failure {
  return urlFromText(text) ?? invalidText("an absolute http or https URL");
}
/** "http" or "https". */
export function urlScheme(url: string): string {
  return new URL(url).protocol.slice(0, -1);
}
/** Without port; IPv6 in brackets. */
export function urlHost(url: string): string {
  return new URL(url).hostname;
}
/** The scheme's own where none is written. */
export function urlPort(url: string): number {
  const { port, protocol } = new URL(url);
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}
/** Begins with "/". */
export function urlPath(url: string): string {
  return new URL(url).pathname;
}
/** The first value of a query parameter, decoded; absent where there is none. */
export function urlQuery(url: string, name: string): string | undefined {
  return new URL(url).searchParams.get(name) ?? undefined;
}
/** Scheme, host and port. */
export function urlOrigin(url: string): string {
  return new URL(url).origin;
}
