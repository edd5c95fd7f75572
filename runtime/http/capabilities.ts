/**
 * What each transport can do, in code, so that the host can refuse a setting that would be ignored and the suite can name every
 * allowed difference. Where one says false, the reason stands beside the field. Which of Http11Probe's cases fail for that, case by
 * case: `uws/probe-failures.ts`.
 */

export interface Capabilities {
  /** Answers HTTP/1.0. uWebSockets.js answers 505, or (20.30) nothing. */
  readonly http10: boolean;
  /** Absolute-form and asterisk-form targets, and an answer to CONNECT. uWebSockets.js as for HTTP/1.0. */
  readonly otherTargets: boolean;
  /** Sends 1xx on. uWebSockets.js has no call for it; it answers `Expect: 100-continue` itself, at once. */
  readonly informational: boolean;
  /**
   * Sees and sends trailers. uWebSockets.js cannot send any, and would read those that come as the next request: a chunked
   * request is its connection's last, and 20.57 answers one with trailers 505.
   */
  readonly trailers: boolean;
  /** Several requests may wait for their answers on one connection. uWebSockets.js closes it when one comes while another is under way. */
  readonly pipelining: boolean;
  /**
   * The head of a streamed answer leaves before its first byte. uWebSockets.js finishes a head only together with body bytes: `write("")` sends it
   * without its end, and `beginWrite` is not offered to JavaScript (20.30, 20.57). An event stream is opened by a comment instead
   * (`uws/event-stream.ts`).
   */
  readonly earlyHead: boolean;
  /** Passes an upstream's Date on. uWebSockets.js always writes its own. */
  readonly passesDate: boolean;
  /**
   * Header values that are not UTF-8 pass. uWebSockets.js hands them over damaged, so the request is refused; 20.30 also loses
   * bytes beyond ASCII at either end of a value, which cannot be seen.
   */
  readonly opaqueValues: boolean;
  /**
   * Chunk extensions, and every broken chunk is noticed. uWebSockets.js reads what stands behind a size as more digits of it (":" to "@" too), so a
   * request with an extension waits for bytes that do not come, and is closed after 10 to 12 s; some broken bodies are taken for shorter or
   * longer than they are. A chunked request is its connection's last, so that none of this reaches another request.
   */
  readonly strictChunks: boolean;
  /** A field without a name is refused. For uWebSockets.js the head ends there, and what stands behind it is never seen. */
  readonly strictNames: boolean;
  /** Malformed heads get an answer. 20.30 closes, or leaves the connection to its idle time; 20.57 answers some, without problem details. */
  readonly answersMalformed: boolean;
  /** "Transfer-Encoding: Chunked" in any spelling. uWebSockets.js takes lower case only, so others are refused (501). */
  readonly codingCase: boolean;
  /** Listens on a socket that another thread opened (`ListenOptions.fd`). uWebSockets.js shares ports by SO_REUSEPORT instead. */
  readonly descriptor: boolean;
  /**
   * Nothing arrives for a body whose receiver has paused, but for one read. 20.57 reads on within one turn, paused or not, for as long as each read
   * fills its 512 KiB: with a sender as fast as this side copies (in practice one on the same machine, over loopback) a body is kept in
   * memory as far as its limit allows. A maximum of `net.ipv4.tcp_rmem` below 512 KiB prevents that.
   */
  readonly promptPause: boolean;
  /** Finds a certificate for a server name in any spelling. uWebSockets.js compares bytes; every known client asks in lower case. */
  readonly serverNameCase: boolean;
  /** ALPN (RFC 7301): a client that speaks no HTTP/1.1 is turned away. uWebSockets.js leaves the extension unanswered. */
  readonly alpn: boolean;
  /** TLS sessions are taken up again by whichever thread gets the connection, not only by the one that gave them out. */
  readonly sharedSessions: boolean;
  /**
   * Serves a client that names no server where certificates with RSA and with ECDSA keys are served together. Node has no way to
   * choose the certificate of such a client, and would offer it to all (`node/tls.ts`), so it is turned away; the start says so.
   */
  readonly mixedKeys: boolean;
  /**
   * Of WebSockets: a client whose messages the service takes too slowly is held back (else it is told 1013 once a megabyte, or a message if
   * that is more, waits), whoever breaks the protocol is told why with 1002, 1007 or 1009 (else closed without a word), unmasked frames are
   * refused, and all close codes are taken (else 1012 to 1014 and 3000 to 3999 count as a lost connection). uWebSockets.js reads the
   * frames itself and offers none of that.
   */
  readonly webSockets: boolean;
  /** Settings that are honoured; the others are fixed (idle and head: 10 to 12 s, closed without an answer). */
  readonly limits: { readonly idle: boolean; readonly head: boolean; readonly connections: boolean };
  /** Largest declared body length: 20.30 takes no more than nine digits and closes without an answer; longer ones can come chunked. null: `limits.body` alone. */
  readonly declaredLength: number | null;
  /** Most header fields in a request: 20.30 gives no answer above, 20.57 says 431. null: bounded by `limits.headers` alone. */
  readonly fieldCount: number | null;
}

/** What can be relied on whichever build of uWebSockets.js loads. */
export const FAST: Capabilities = {
  http10: false,
  otherTargets: false,
  informational: false,
  trailers: false,
  pipelining: false,
  earlyHead: false,
  passesDate: false,
  opaqueValues: false,
  strictChunks: false,
  strictNames: false,
  answersMalformed: false,
  codingCase: false,
  descriptor: false,
  promptPause: false,
  webSockets: false,
  serverNameCase: false,
  alpn: false,
  sharedSessions: false,
  mixedKeys: true,
  limits: { idle: false, head: false, connections: false },
  declaredLength: 999_999_999,
  fieldCount: 49,
};

/** What one build can do beyond that: of those that were tried. `version` such as "20.57.0". */
export function fastCapabilities(version: string): Capabilities {
  if (isBuild(version, 30)) return { ...FAST, promptPause: true };
  if (isBuild(version, 57)) return { ...FAST, declaredLength: null, fieldCount: 98 };
  return FAST;
}

/** Whether it is 20.`minor`. */
function isBuild(version: string, minor: number): boolean {
  return version.startsWith(`20.${minor}.`);
}

export const STRICT: Capabilities = {
  http10: true,
  otherTargets: true,
  informational: true,
  trailers: true,
  pipelining: true,
  earlyHead: true,
  passesDate: true,
  opaqueValues: true,
  strictChunks: true,
  strictNames: true,
  answersMalformed: true,
  codingCase: true,
  descriptor: true,
  promptPause: true,
  webSockets: true,
  serverNameCase: true,
  alpn: true,
  sharedSessions: true,
  mixedKeys: false,
  limits: { idle: true, head: true, connections: true },
  declaredLength: null,
  fieldCount: null,
};
