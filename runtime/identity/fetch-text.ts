/** One GET of a small text: bounded in time and size, without redirects, on a connection of its own. For key sets. */
import { request as requestClear } from "node:http";
import { request as requestTls } from "node:https";

/** From the name's resolution to the last byte. */
const LONGEST = 5000;
const MOST_BYTES = 256_000;

/** Rejects with an `Error` that says what went wrong. */
export function fetchText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith("https:") ? requestTls : requestClear;
    const headers = { accept: "application/jwk-set+json, application/json", "user-agent": "vivremotion" };
    const request = send(url, { agent: false, headers }, (response) => {
      if (response.statusCode !== 200) {
        request.destroy(new Error(`the answer has the status ${response.statusCode}`));
        return;
      }
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > MOST_BYTES) request.destroy(new Error(`the answer is larger than ${MOST_BYTES} bytes`));
        else chunks.push(chunk);
      });
      response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
      response.on("error", reject);
    });
    const late = setTimeout(() => request.destroy(new Error(`no whole answer within ${LONGEST} ms`)), LONGEST);
    // Nobody stays alive for keys: a thread that has been drained ends.
    late.unref();
    request.on("socket", (socket) => socket.unref());
    request.on("error", reject);
    request.on("close", () => {
      clearTimeout(late);
      // A body that broke off ends in neither "end" nor "error".
      reject(new Error("the connection closed before the whole answer was there"));
    });
    request.end();
  });
}
