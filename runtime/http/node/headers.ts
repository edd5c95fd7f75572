/** Between Node's raw header lists and flat ones with names in lower case. */
import type { Headers } from "../exchange.ts";
import { isFieldName, isFramingField, isPlain, toFieldValue } from "../fields.ts";

const lowered = new Map<string, string>();

/** Header names as they come are few; each is lowered once. */
function lowerCase(name: string): string {
  const known = lowered.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  if (lowered.size < 1024 && name.length <= 64) lowered.set(name, lower);
  return lower;
}

export function flatten(raw: readonly string[]): Headers {
  const flat: Headers = new Array(raw.length);
  for (let index = 0; index < raw.length; index += 2) {
    flat[index] = lowerCase(raw[index]!);
    flat[index + 1] = raw[index + 1]!;
  }
  return flat;
}

/** Whether the latest list has a value beyond ASCII. Node writes such a head in the encoding of a string body behind it. */
export const sent = { beyondAscii: false };

/** A new list that Node takes without throwing, and without the fields that the transport writes itself. */
export function sendable(headers: Headers): Headers {
  const sound: Headers = [];
  sent.beyondAscii = false;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]!;
    if (isFramingField(name) || !isFieldName(name)) continue;
    const value = headers[index + 1]!;
    if (isPlain(value)) sound.push(name, value);
    else {
      sent.beyondAscii = true;
      sound.push(name, toFieldValue(value));
    }
  }
  return sound;
}
