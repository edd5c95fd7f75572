/** What is measured: which tasks, under which load, against what a ratio is formed. */
import { BROWSER_HEADERS } from "../lib/load.ts";
import { routePath, type Task } from "./contender.ts";
import { bearerToken } from "./token.ts";
import { MEGABYTE } from "./upstream.ts";

export interface Scenario {
  /** `--only=NAME` runs it alone. */
  readonly name: string;
  readonly title: string;
  readonly tasks: readonly Task[];
  readonly connections: number;
  readonly headers?: readonly string[];
  /** The path that is asked for. */
  readonly path: string;
  /** A script for wrk in place of the one path. */
  readonly script?: (task: Task) => string;
  /** For the one request that shows whether all give the same answer. */
  readonly credentials?: () => { readonly [name: string]: string };
}

/** The contender whose CPU time is 1 in the column "× nginx". */
export function baseOf({ kind }: Task): string {
  return kind === "pass" || kind === "tls" ? "nginx" : "nginx with njs";
}

const PASS: readonly Task[] = [{ kind: "pass", routes: 1 }];

/** So many different callers take turns, each with a token of its own. */
const CALLERS = 1000;

/** So many different paths are asked for in turn, spread over all routes. */
const PATHS = 1000;

export const SCENARIOS: readonly Scenario[] = [
  { name: "pass", title: "pass-through, 1 header", tasks: PASS, connections: 64, path: "/orders/1" },
  {
    name: "headers",
    title: "pass-through, 10 headers",
    tasks: PASS,
    connections: 64,
    headers: BROWSER_HEADERS,
    path: "/orders/1",
  },
  {
    name: "routes",
    title: "10 headers",
    tasks: [1, 1000, 100_000].map((routes) => ({ kind: "pass", routes })),
    connections: 64,
    headers: BROWSER_HEADERS,
    path: `${routePath(0)}1`,
    script: (task) => {
      const routes = task.kind === "pass" ? task.routes : 1;
      const paths = Array.from(
        { length: PATHS },
        (_, index) => `${routePath(Math.floor((index * routes) / PATHS))}${index}`,
      );
      return `local paths = {${paths.map((path) => `"${path}"`).join(",")}}
local requests, at = {}, 0
init = function() for i, path in ipairs(paths) do requests[i] = wrk.format(nil, path) end end
request = function() at = at % #requests + 1; return requests[at] end
`;
    },
  },
  {
    name: "policy",
    title: "10 headers and a token",
    tasks: [...PASS, { kind: "policy" }],
    connections: 64,
    headers: BROWSER_HEADERS.filter((header) => !header.startsWith("Authorization")),
    path: "/orders/1",
    script: () => {
      const tokens = Array.from({ length: CALLERS }, (_, caller) => bearerToken(caller));
      return `local tokens = {${tokens.map((token) => `"${token}"`).join(",")}}
local requests, at = {}, 0
init = function()
  for i, token in ipairs(tokens) do wrk.headers["Authorization"] = "Bearer " .. token; requests[i] = wrk.format(nil, "/orders/1") end
end
request = function() at = at % #requests + 1; return requests[at] end
`;
    },
    credentials: () => ({ authorization: `Bearer ${bearerToken(0)}` }),
  },
  {
    name: "compose",
    title: "composition of two calls",
    tasks: [{ kind: "compose" }],
    connections: 64,
    headers: BROWSER_HEADERS,
    path: "/profile/1",
  },
  {
    name: "tls",
    title: "TLS, keep-alive, 10 headers",
    tasks: [{ kind: "tls" }],
    connections: 64,
    headers: BROWSER_HEADERS,
    path: "/orders/1",
  },
  { name: "download", title: "download of 1 MB", tasks: PASS, connections: 16, path: "/big" },
  {
    name: "upload",
    title: "upload of 1 MB",
    tasks: PASS,
    connections: 16,
    path: "/upload",
    script: () => `wrk.method = "POST"; wrk.body = string.rep("x", ${MEGABYTE})\n`,
  },
];
