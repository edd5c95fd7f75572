/** What operators look up: the metrics that a gateway offers, and what each transport can and cannot do. */
import { type Capabilities, FAST, fastCapabilities, STRICT } from "../../runtime/http/capabilities.ts";
import { probeFailures } from "../../runtime/http/uws/probe-failures.ts";
import { METRICS } from "../../runtime/observe/metrics.ts";
import { code, page, type ReferencePage, table } from "./markdown.ts";

/** The builds that were tried. */
const BUILDS = ["20.30.0", "20.57.0"] as const;

export function metricsPage(): ReferencePage {
  return page("metrics.md", "Metrics", [
    "`GET /metrics` on the admin listener answers in the text format of Prometheus. The values of all serving threads are put together.",
    table(
      ["metric", "type", "labels", "meaning"],
      Object.values(METRICS).map(({ name, type, labels, help }) => [
        code(name),
        type,
        labels.map(code).join(", "),
        help,
      ]),
    ),
  ]);
}

/** One sentence for each, so that a capability without one does not compile. */
const MEANINGS: { readonly [Name in keyof Capabilities]: string } = {
  http10: "Answers HTTP/1.0",
  otherTargets: "Answers targets in absolute form, `OPTIONS *` and `CONNECT`",
  informational: "Sends the service's 1xx answers on (`100 Continue` is answered on both)",
  trailers: "Sees and sends trailers",
  pipelining: "Answers several requests that wait on one connection (else it is closed)",
  earlyHead: "Sends the head of a streamed answer before the first byte of its body",
  passesDate: "Passes the service's `Date` on (else the gateway's own is sent)",
  opaqueValues: "Takes field values that are not UTF-8 (else the request is refused)",
  strictChunks: "Sees chunk extensions and every broken chunk (a chunked request is its connection's last otherwise)",
  strictNames: "Refuses a field without a name",
  answersMalformed: "Answers every malformed head with a problem (else some connections are closed without one)",
  codingCase: "Takes `Transfer-Encoding: Chunked` in any spelling (else 501)",
  descriptor: "Serves with several threads on a socket that another one opened",
  promptPause: "Stops reading a request's body at once when it is not taken",
  serverNameCase: "Finds a certificate for a server name in any spelling",
  alpn: "Negotiates the protocol by ALPN",
  sharedSessions: "Takes up TLS sessions again on any thread",
  mixedKeys: "Serves clients without a server name where RSA and ECDSA certificates stand together",
  webSockets: "Holds back whoever sends WebSocket messages too fast, and says why it closes",
  limits: "Limits that are kept: `idle`, `head`, `connections`",
  declaredLength: "Longest declared body, in bytes (`limits.body` decides below it)",
  fieldCount: "Most header fields in a request",
};

function shown(value: Capabilities[keyof Capabilities]): string {
  if (value === null) return "no limit of its own";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return String(value);
  const kept = Object.entries(value).flatMap(([name, is]) => (is ? [code(name)] : []));
  return kept.length === 0 ? "none" : kept.join(", ");
}

export function transportsPage(): ReferencePage {
  const columns = [...BUILDS.map(fastCapabilities), STRICT];
  const names = Object.keys(MEANINGS).filter((name): name is keyof Capabilities => name in FAST);
  return page("transports.md", "Transports", [
    "A listener takes one of two transports: `fast` (uWebSockets.js, the default) or `strict` (Node's own HTTP). Where a setting would have no effect on the chosen one, the compiler says so.",
    "## What they can do",
    table(
      ["", ...BUILDS.map((build) => `fast, uWebSockets.js ${build}`), "strict"],
      names.map((name) => [MEANINGS[name], ...columns.map((capabilities) => shown(capabilities[name]))]),
    ),
    "## Http11Probe",
    "The cases of [Http11Probe](https://github.com/MDA2AV/Http11Probe) that fail. On the strict transport none does. On the fast one they are decided before the gateway hears of the request, or hidden from it; none lets one client's bytes into another's request.",
    ...BUILDS.map((build) => {
      const failures = probeFailures(build);
      const count = failures.reduce((sum, { cases }) => sum + cases.length, 0);
      const rows = failures.map(({ reason, cases }) => [reason, cases.map(code).join(", ")]);
      return `### uWebSockets.js ${build}: ${count}\n\n${table(["why", "cases"], rows)}`;
    }),
  ]);
}
