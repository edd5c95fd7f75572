/** UUIDs (RFC 9562) in canonical form: lower-case hexadecimal with hyphens. */
import type { Failure } from "../failure.ts";
import { invalidText } from "./convert.ts";

const UUID = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;

/** Any version and variant, either case; without braces or "urn:uuid:". */
export function uuidFromText(text: string): string | undefined {
  return UUID.test(text) ? text.toLowerCase() : undefined;
}
export function uuidFromJson(value: unknown): string | undefined {
  return typeof value === "string" ? uuidFromText(value) : undefined;
}
export function parseUuid(text: string): string | Failure {
  return uuidFromText(text) ?? invalidText("a UUID");
}

/** Where random values come from: the host, or the fake of a test. */
export interface RandomSource {
  /** 0 ≤ n < 1. */
  random(): number;
}
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

function randomHex(source: RandomSource, digits: number): string {
  let text = "";
  while (text.length < digits) {
    text += Math.floor(source.random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, "0");
  }
  return text.slice(0, digits);
}

function layOut(hex: string, version: string): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${version}${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Version 4 from the host's random source; with `number`, always the same UUID for the same number (for tests). */
export function uuid(source: RandomSource, number?: number): string {
  if (number !== undefined) return layOut(Math.abs(number).toString(16).padStart(32, "0"), "4");
  return layOut(randomHex(source, 32), "4");
}
/** Version 7: 48 bits of time in milliseconds, then random bits, so that later ones sort after earlier ones. */
export function uuid7(source: RandomSource & Clock): string {
  const time = Math.max(0, Math.floor(source.now())).toString(16).padStart(12, "0").slice(-12);
  return layOut(time + randomHex(source, 20), "7");
}

export function now(clock: Clock): number {
  return Math.floor(clock.now());
}
/** Uniform between `from` and `to`, both included; where the bounds cross, `from`. */
export function randomInt(source: RandomSource, from: number, to: number): number {
  return to <= from ? from : Math.min(to, from + Math.floor(source.random() * (to - from + 1)));
}
/** 0 ≤ n < 1. */
export function randomFloat(source: RandomSource): number {
  return source.random();
}
