/**
 * What each transport can do, in code, so that the host can refuse a setting that would be ignored and the suite can name every
 * allowed difference. Where one says false, the reason stands beside the field.
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
  /** The head of a streamed answer leaves before its first byte. uWebSockets.js finishes a head only together with body bytes. */
  readonly earlyHead: boolean;
  /** Passes an upstream's Date on. uWebSockets.js always writes its own. */
  readonly passesDate: boolean;
  /**
   * Header values that are not UTF-8 pass. uWebSockets.js hands them over damaged, so the request is refused; 20.30 also loses
   * bytes beyond ASCII at either end of a value, which cannot be seen.
   */
  readonly opaqueValues: boolean;
  /** Chunk extensions, and every broken chunk is noticed. 20.30 refuses extensions, and takes some bodies for shorter than they are. */
  readonly strictChunks: boolean;
  /** A field without a name is refused. For uWebSockets.js the head ends there, and what stands behind it is never seen. */
  readonly strictNames: boolean;
  /** Malformed heads get an answer. 20.30 closes, or leaves the connection to its idle time; 20.57 answers without problem details. */
  readonly answersMalformed: boolean;
  /** "Transfer-Encoding: Chunked" in any spelling. uWebSockets.js takes lower case only, so others are refused (501). */
  readonly codingCase: boolean;
  /** Listens on a socket that another thread opened (`ListenOptions.fd`). uWebSockets.js shares ports by SO_REUSEPORT instead. */
  readonly descriptor: boolean;
  /** Settings that are honoured; the others are fixed by the build (idle and head: 10 to 12 s, closed without an answer). */
  readonly limits: { readonly idle: boolean; readonly head: boolean; readonly connections: boolean };
  /** Largest declared body length: 20.30 takes no more than nine digits and closes; longer ones can come chunked. null: `limits.body` alone. */
  readonly declaredLength: number | null;
  /** Most header fields in a request: 20.30 gives no answer above. null: bounded by `limits.headers` alone. */
  readonly fieldCount: number | null;
}

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
  limits: { idle: false, head: false, connections: false },
  declaredLength: 999_999_999,
  fieldCount: 49,
};

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
  limits: { idle: true, head: true, connections: true },
  declaredLength: null,
  fieldCount: null,
};
