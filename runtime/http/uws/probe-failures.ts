/**
 * Http11Probe's cases that fail on the fast transport, by the build and the reason. What comes of each is decided by uWebSockets.js before
 * JavaScript hears of the request, or hidden from it. None lets one client's bytes into another request: what is read wrongly ends with the
 * connection (`exchange.ts`). A program that needs them to pass takes the strict transport, where none fails.
 */

interface ProbeFailures {
  readonly reason: string;
  readonly cases: readonly string[];
}

/** On every build that was tried. */
const ALWAYS: readonly ProbeFailures[] = [
  {
    reason: "HTTP/1.0 is not spoken",
    cases: ["COMP-HTTP10-DEFAULT-CLOSE"],
  },
  {
    reason: "a target that is not in origin form is taken for another version of HTTP",
    cases: ["COMP-METHOD-CONNECT", "COMP-OPTIONS-STAR"],
  },
  {
    reason: "a malformed request line is taken for another version of HTTP",
    cases: [
      "COMP-REQUEST-LINE-TAB",
      "RFC9112-2.2-BARE-LF-REQUEST-LINE",
      "RFC9112-3-CR-ONLY-LINE-ENDING",
      "RFC9112-3-MULTI-SP-REQUEST-LINE",
    ],
  },
  {
    reason: "empty lines before a request line leave it waiting until its idle time",
    cases: ["COMP-LEADING-CRLF"],
  },
  {
    reason: "the head ends at a field without a name",
    cases: ["RFC9112-5-EMPTY-HEADER-NAME"],
  },
  {
    reason: "around a chunk's size spaces are skipped; what stands behind a chunk in place of its CRLF too",
    cases: [
      "SMUG-CHUNK-LEADING-SP",
      "SMUG-CHUNK-MISSING-TRAILING-CRLF",
      "SMUG-CHUNK-SIZE-TRAILING-OWS",
      "SMUG-CHUNK-SPILL",
    ],
  },
  {
    reason: "a chunk extension is taken for digits of the size: the rest of the body does not come until the idle time",
    cases: ["SMUG-CHUNK-EXT-LF"],
  },
];

/** 20.30 leaves malformed heads without an answer until the idle time. */
const OLD: readonly ProbeFailures[] = [
  {
    reason: "no answer to HTTP/1.0 or another version",
    cases: ["COMP-UPGRADE-HTTP10", "RFC9112-2.3-INVALID-VERSION"],
  },
  {
    reason: "no answer to a field that is malformed, or whose name holds what is not a letter, a digit or a hyphen",
    cases: [
      "NORM-SP-BEFORE-COLON-CL",
      "NORM-TAB-IN-NAME",
      "NORM-UNDERSCORE-CL",
      "NORM-UNDERSCORE-TE",
      "RFC9110-5.6.2-SP-BEFORE-COLON",
      "RFC9112-2.2-BARE-LF-HEADER",
      "RFC9112-5.1-OBS-FOLD",
      "SMUG-TE-OBS-FOLD",
    ],
  },
  {
    reason: "no answer without a Host",
    cases: ["RFC9112-7.1-MISSING-HOST"],
  },
];

/** 20.57 answers 505 to whatever it does not take for a request line, where 400 is right. */
const CURRENT: readonly ProbeFailures[] = [
  {
    reason: "505 instead of 400",
    cases: [
      "COMP-ASTERISK-WITH-GET",
      "COMP-SPACE-IN-TARGET",
      "COMP-VERSION-CASE",
      "COMP-VERSION-LEADING-ZEROS",
      "COMP-VERSION-MISSING-MINOR",
      "COMP-VERSION-WHITESPACE",
      "MAL-BINARY-GARBAGE",
      "MAL-NUL-IN-URL",
      "MAL-WHITESPACE-ONLY-LINE",
      "RFC9112-2.3-HTTP09-REQUEST",
      "RFC9112-3-MISSING-TARGET",
      "SMUG-TE-HTTP10",
    ],
  },
  {
    reason: "trailers are taken for the next request, and 505 closes the connection before the answer",
    cases: ["COMP-CHUNKED-TRAILER-VALID"],
  },
];

/** `version` such as "20.57.0"; of a build that was not tried, what may fail. */
export function probeFailures(version: string): readonly ProbeFailures[] {
  const isOld = version.startsWith("20.30.");
  const isCurrent = version.startsWith("20.57.");
  return [...ALWAYS, ...(isCurrent ? [] : OLD), ...(isOld ? [] : CURRENT)];
}
