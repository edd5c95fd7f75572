/** Reads an admin call's body, bounded. */
import type { IncomingMessage } from "node:http";
import { StartError } from "../start-error.ts";

/** In bytes: a bundle of 20,000 routes with its map, in JSON, and room to spare. */
const LIMIT = 128 * 1024 * 1024;

/** Rejects with a `StartError` "admin-size". */
export async function readBody(request: IncomingMessage): Promise<string> {
  if (Number(request.headers["content-length"]) > LIMIT) throw tooLong();
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop must not destroy the connection: the refusal goes out on it.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > LIMIT) throw tooLong();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function tooLong(): StartError {
  return new StartError("admin-size", `the body is longer than ${LIMIT} bytes`, [], "Swap to a folder instead.");
}
