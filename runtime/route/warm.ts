/** Compiles the matcher before the first request does (`Program.warm`): it looks for routes on behalf of nobody, and none is taken. */
import type { Exchange } from "../http/exchange.ts";
import { hostName } from "./host.ts";
import { pathSegments } from "./segments.ts";
import { candidates, type Trie } from "./trie.ts";

/** So many patterns of a trie have shown V8 every branch of the walk. */
const ENOUGH = 32;

/** `handle` is the chain of conditions of a program each of whose routes names its methods: the method "" takes none of them. */
export function warmMatcher(handle: (exchange: Exchange) => unknown, paths: readonly string[]): void {
  for (const path of paths) handle(nobody(path));
}

/** Looks for the places of the trie's own patterns. */
export function warmTrie(trie: Trie): void {
  for (const { host, path } of trie.routes.slice(0, ENOUGH)) {
    candidates(trie, hostName(host?.replace("*", "any") ?? ""), pathSegments(path));
  }
}

function nothing(): void {}

/** An exchange without a client; what answers it is lost. */
function nobody(path: string): Exchange {
  return {
    method: "",
    path,
    query: "",
    host: "",
    secure: false,
    headers: [],
    address: "",
    peer: "",
    peerTrusted: false,
    httpVersion: "1.1",
    body: { length: 0, limit: 0, consume: nothing, pause: nothing, resume: nothing },
    traceId: "",
    spanId: "",
    recording: null,
    unsampled: false,
    startedAt: 0,
    aborted: false,
    onAbort: nothing,
    edits: null,
    generation: 0,
    held: null,
    route: "",
    faults: null,
    shownPath: "",
    reason: "",
    detail: "",
    service: "",
    upstream: null,
    status: 0,
    bytesSent: 0,
    bytesReceived: 0,
    respond: nothing,
    informational: nothing,
    begin: nothing,
    write: () => true,
    onDrain: nothing,
    end: nothing,
    cut: nothing,
    closeAfter: nothing,
    webSocket: () => null,
    webSocketNote: null,
    modelNote: null,
    spending: null,
  };
}
