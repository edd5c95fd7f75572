/**
 * Every error the gateway answers with by itself: each code once, with its HTTP status and title (RFC 9457). Codes are never
 * used again. Refused starts and swaps are in `start-codes.ts`.
 */
export const ERRORS = {
  // What the client sent.
  "request-malformed": { status: 400, title: "The request is malformed" },
  "target-malformed": { status: 400, title: "The request target is malformed" },
  "host-malformed": { status: 400, title: "The Host field is missing, repeated or malformed" },
  "framing-malformed": { status: 400, title: "The length of the request's body cannot be trusted" },
  "body-malformed": { status: 400, title: "The request's body is malformed" },
  "invalid-input": { status: 400, title: "The request's input is not valid" },
  "invalid-value": { status: 400, title: "A value is not valid" },
  unauthenticated: { status: 401, title: "Authentication is needed" },
  "requirement-failed": { status: 403, title: "The request is not allowed" },
  denied: { status: 403, title: "The request was denied" },
  "not-found": { status: 404, title: "No route answers this request" },
  "method-not-allowed": { status: 405, title: "The method is not allowed here" },
  "request-timeout": { status: 408, title: "The request did not arrive in time" },
  "body-too-large": { status: 413, title: "The request's body is too large" },
  "target-too-long": { status: 414, title: "The request target is too long" },
  "unsupported-media-type": { status: 415, title: "The body's media type is not supported" },
  "expectation-failed": { status: 417, title: "The expectation cannot be met" },
  "upgrade-required": { status: 426, title: "The request needs another protocol" },
  "websocket-malformed": { status: 400, title: "The WebSocket handshake is malformed" },
  "websocket-version": { status: 426, title: "This version of the WebSocket protocol is not spoken" },
  "rate-limited": { status: 429, title: "Too many requests" },
  "concurrency-limited": { status: 429, title: "Too many requests at once" },
  "headers-too-large": { status: 431, title: "The request's header fields are too large" },
  // What the program met.
  "absent-value": { status: 500, title: "A value that is needed is absent" },
  "division-by-zero": { status: 500, title: "A division by zero" },
  "program-failed": { status: 500, title: "The gateway's program failed" },
  "method-not-implemented": { status: 501, title: "The method is not implemented" },
  "coding-not-implemented": { status: 501, title: "The transfer coding is not implemented" },
  "identity-unavailable": { status: 503, title: "The caller cannot be identified just now" },
  "concurrency-exhausted": { status: 503, title: "As many requests as are allowed are being answered" },
  "limit-unavailable": { status: 503, title: "A limit that gateways share cannot be asked just now" },
  overloaded: { status: 503, title: "The gateway has no capacity left" },
  "version-not-supported": { status: 505, title: "The HTTP version is not supported" },
  // What an upstream did.
  "upstream-answer-too-large": { status: 502, title: "The service's answer is too large" },
  "upstream-closed": { status: 502, title: "The service closed the connection" },
  "upstream-malformed": { status: 502, title: "The service's answer is malformed" },
  "upstream-invalid": { status: 502, title: "The service's answer does not have the expected form" },
  "upstream-status": { status: 502, title: "The service answered with an error" },
  "upstream-unreachable": { status: 502, title: "The service cannot be reached" },
  "upstream-unsendable": { status: 502, title: "The request cannot be sent to the service" },
  "upstream-open": { status: 503, title: "The service fails, and is left alone for a while" },
  "upstream-overloaded": { status: 503, title: "The service has no free connection" },
  "upstream-timeout": { status: 504, title: "The service did not answer in time" },
  "deadline-exceeded": { status: 504, title: "The route's deadline passed" },
} as const satisfies { readonly [code: string]: { readonly status: number; readonly title: string } };

export type ErrorCode = keyof typeof ERRORS;
