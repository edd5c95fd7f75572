/** Whether a request may bring back the state of another provider's thoughts, which has a seal and is of no use to this one (`canonical/signature.ts`). */

const SEAL = Buffer.from("Vgw");

/** Looked for in the bytes, so it says yes too often, and never no in error: a seal has no character that JSON escapes but the slash. */
export function maybeSealed(body: Uint8Array): boolean {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes(SEAL);
}
