/** Data that the compiler wrote into the program, and JSON forms of values whose shape is not known. */
import { Buffer } from "node:buffer";

/** Bytes of a constant or an embedded file. */
export function embedded(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, "base64"));
}

/** The text of a `json` value; an absent one is null. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}

/** The JSON form of a value, for a log line, from its text. */
export function parsedJson(text: string): JsonForm {
  return JSON.parse(text) as JsonForm;
}
export type JsonForm = string | number | boolean | null | readonly JsonForm[] | { readonly [key: string]: JsonForm };

export function stringFromJson(json: unknown): string | undefined {
  return typeof json === "string" ? json : undefined;
}
