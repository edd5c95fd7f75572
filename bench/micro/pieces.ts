/** The pieces of the request path that are measured alone, each with input as it comes. What they give is kept, so that nothing is optimised away. */
import { createTableMemory, LimitTable, Limits, newTableKey } from "../../runtime/limit/index.ts";
import { inspectHead } from "../../runtime/http/head.ts";
import { canonicalPath } from "../../runtime/http/path.ts";
import { pathSegments } from "../../runtime/route/segments.ts";
import { candidates, routeTrie, type Trie } from "../../runtime/route/trie.ts";
import { ResponseReader } from "../../runtime/upstream/http1/response-reader.ts";
import { BROWSER_HEADERS } from "../lib/load.ts";
import { routePath } from "../proxy/contender.ts";

export interface Piece {
  readonly name: string;
  /** Does its work `TIMES` times. */
  run(): unknown;
}

/** A look at the clock costs more than most pieces: so often each is done between two. Where input varies, so many are taken in turn. */
export const TIMES = 256;

export function pieces(): Piece[] {
  return [...heads(), ...paths(), ...tries(), ...limits(), ...responses()];
}

function fields(lines: readonly string[]): string[] {
  return ["Host: shop.example", ...lines].flatMap((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
}

function often(run: () => unknown): () => unknown {
  return () => {
    let last: unknown;
    for (let time = 0; time < TIMES; time++) last = run();
    return last;
  };
}

function heads(): Piece[] {
  const ten = fields(BROWSER_HEADERS);
  const one = fields([]);
  const upload = fields([...BROWSER_HEADERS, "Content-Length: 12345", "Connection: keep-alive"]);
  return [
    { name: "head: 1 field checked", run: often(() => inspectHead(one, "1.1")) },
    { name: "head: 10 fields checked", run: often(() => inspectHead(ten, "1.1")) },
    { name: "head: 12 fields with a length and Connection", run: often(() => inspectHead(upload, "1.1")) },
  ];
}

function paths(): Piece[] {
  const plain = Array.from({ length: TIMES }, (_, index) => `/orders/${index}/items/${index * 7}`);
  const escaped = plain.map((path) => `${path}/caf%c3%a9/%7euser/./x`);
  const all = (list: readonly string[]) => () => {
    let length = 0;
    for (const path of list) length += canonicalPath(path)?.length ?? 0;
    return length;
  };
  return [
    { name: "path: canonical as it stands", run: all(plain) },
    { name: "path: with escapes and a dot segment", run: all(escaped) },
  ];
}

function tries(): Piece[] {
  return [1, 1000, 100_000].map((routes) => {
    const trie = trieOf(routes);
    const asked = Array.from(
      { length: TIMES },
      (_, index) => `${routePath(Math.floor((index * routes) / TIMES))}${index}`,
    );
    return {
      name: `route: found among ${routes.toLocaleString("en")}`,
      run: () => {
        let found = 0;
        for (const path of asked) found += candidates(trie, "", pathSegments(path)).length;
        if (found !== TIMES) throw new Error(`${found} routes found for ${TIMES} paths`);
        return found;
      },
    };
  });
}

function trieOf(routes: number): Trie {
  const take = (): void => undefined;
  return routeTrie(
    Array.from({ length: routes }, (_, index) => ({
      host: null,
      path: `${routePath(index)}{}`,
      methods: ["GET"],
      take,
    })),
  );
}

function limits(): Piece[] {
  // Never reached: what is measured is the way of those that are admitted.
  const rate = { count: 1_000_000_000, per: 1000 };
  const limiter = (keys: number) => {
    const table = new LimitTable(createTableMemory(keys * 2, newTableKey()), 0);
    return new Limits(table).limiter("bench", "deny");
  };
  const few = limiter(65_536);
  const addresses = Array.from({ length: TIMES }, (_, index) => `198.51.${index}.${index}`);
  const ids = addresses.map((_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`);
  const all = (keys: readonly string[]) => () => {
    let admitted = 0;
    for (const key of keys) if (few.take(key, rate, 1_000_000, 1)) admitted++;
    return admitted;
  };
  return [
    { name: "limit: taken by address (clock included)", run: all(addresses) },
    { name: "limit: taken by UUID (clock included)", run: all(ids) },
  ];
}

function responses(): Piece[] {
  const body = "x".repeat(150);
  const short = `HTTP/1.1 200 OK\r\nContent-Length: 150\r\nContent-Type: application/json\r\n\r\n${body}`;
  const long = short.replace(
    "\r\n\r\n",
    `\r\n${["Server: nginx/1.22.1", "Date: Sun, 22 Nov 2026 12:00:00 GMT", 'ETag: "5f3a-1b2c"', "Cache-Control: private, max-age=60", "Vary: Accept-Encoding, Origin", "X-Request-Id: 0af7651916cd43dd8448eb211c80319c", "Set-Cookie: session=0123456789abcdef; Path=/; HttpOnly", "Strict-Transport-Security: max-age=31536000"].join("\r\n")}\r\n\r\n`,
  );
  const chunked = short
    .replace("Content-Length: 150", "Transfer-Encoding: chunked")
    .replace(body, `96\r\n${body}\r\n0\r\n\r\n`);
  const reading = (name: string, text: string): Piece => {
    const bytes = Buffer.from(text, "latin1");
    let told = 0;
    const reader = new ResponseReader({
      informational: () => undefined,
      head: (_status, headers) => {
        told += headers.length;
      },
      data: (chunk) => {
        told += chunk.length;
      },
      complete: () => {
        told++;
      },
      malformed: (fault) => {
        throw new Error(fault);
      },
    });
    const run = (): number => {
      reader.begin("GET");
      reader.read(bytes, 0, bytes.length);
      return told;
    };
    return { name, run: often(run) };
  };
  return [
    reading("response: 2 fields and 150 bytes read", short),
    reading("response: 10 fields and 150 bytes read", long),
    reading("response: 2 fields and one chunk read", chunked),
  ];
}
