/** One request for a token: bounded in time and size, without redirects, on a connection of its own. */
import { request as requestClear } from "node:http";
import { request as requestTls } from "node:https";

/** From the name's resolution to the last byte. */
const LONGEST = 5000;
const MOST_BYTES = 64_000;

export interface TokenRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** Rejects with an Error that says what went wrong, with the reason that OAuth has for it (RFC 6749 §5.2) and nothing else of the answer. */
export function requestToken({ method, url, headers, body }: TokenRequest): Promise<string> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith("https:") ? requestTls : requestClear;
    const length = { "content-length": String(Buffer.byteLength(body)) };
    const request = send(url, { method, agent: false, headers: { ...headers, ...length } }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > MOST_BYTES) request.destroy(new Error(`the answer is larger than ${MOST_BYTES} bytes`));
        else chunks.push(chunk);
      });
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`the answer has the status ${response.statusCode}${reasonIn(text)}`));
      });
      response.on("error", reject);
    });
    const late = setTimeout(() => request.destroy(new Error(`no whole answer within ${LONGEST} ms`)), LONGEST);
    late.unref();
    request.on("error", reject);
    request.on("close", () => {
      clearTimeout(late);
      // A body that broke off ends in neither "end" nor "error".
      reject(new Error("the connection closed before the whole answer was there"));
    });
    request.end(body);
  });
}

function reasonIn(text: string): string {
  const found = /"error"\s*:\s*"([a-z_]{1,40})"/.exec(text);
  return found === null ? "" : ` (${found[1]})`;
}
