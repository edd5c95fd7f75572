/** Compares the admin token without telling by time how much of it was right. */
import { createHash, timingSafeEqual } from "node:crypto";

/** `authorization` is the header's value. Only the token's hash is kept. */
export function createTokenCheck(token: string): (authorization: string | undefined) => boolean {
  const expected = digest(token);
  return (authorization) => {
    // The scheme is case-insensitive (RFC 9110 §11.1); one or more spaces follow it (RFC 6750 §2.1).
    const given = /^bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
    // Hashes have equal length whatever was sent, as timingSafeEqual demands.
    return timingSafeEqual(digest(given ?? ""), expected) && given !== undefined;
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
