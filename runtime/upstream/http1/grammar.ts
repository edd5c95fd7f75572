/** The octets of HTTP/1.1's grammar (RFC 9110 §5.5, §5.6.2; RFC 9112 §2.2), as tables that a parser looks up. */

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const ZERO = 0x30;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;

/** The lower-case form of each octet of a token; 0: not part of one. */
export const TOKEN: Uint8Array = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz") {
  const code = character.charCodeAt(0);
  TOKEN[code] = code;
  TOKEN[character.toUpperCase().charCodeAt(0)] = code;
}

/** Whether it is a token in lower case. A loop is cheaper here than a regular expression or a set: names are short, and each a string of its own. */
export function isLowerToken(name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    if (TOKEN[code] !== code) return false;
  }
  return name !== "";
}

/** 1: may stand in a field's value, a reason phrase or a chunk extension: tab, space, visible characters, obs-text. */
export const CONTENT: Uint8Array = new Uint8Array(256).fill(1, SPACE);
CONTENT[TAB] = 1;
CONTENT[0x7f] = 0;

/** The value of each hexadecimal digit; 255: none. */
export const HEX: Uint8Array = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) {
  HEX[digit.toString(16).charCodeAt(0)] = digit;
  HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}
