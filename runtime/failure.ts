/**
 * A failure is a value: it is returned, tested with `instanceof`, and never thrown on the request path.
 * A bundle carries its own copy of this class while services are made by the host's copy, so `instanceof` looks for a
 * brand that all copies share, not for the prototype.
 */
const BRAND = Symbol.for("vivremotion.failure");

export type FailureKind =
  | "connect"
  | "timeout"
  | "status"
  | "protocol"
  | "invalid"
  | "refused"
  | "limited"
  | "division"
  | "absent"
  | "overload";

export class Failure {
  readonly [BRAND] = true;
  readonly kind: FailureKind;
  /** The upstream's status for kind "status"; else the HTTP status the gateway answers with when nothing handles it. */
  readonly status: number;
  /** A code of `errors.ts`. */
  readonly code: string;
  /** For logs, and where `publicDetail` allows for problem details; never holds a secret or an upstream's body. */
  readonly detail: string;
  /** Validation problems of `read`; null elsewhere. */
  readonly problems: readonly Problem[] | null;
  /** What `WWW-Authenticate` says with it (RFC 9110 §11.6.1); null where it asks for no credentials. */
  readonly challenge: string | null;

  constructor(
    kind: FailureKind,
    status: number,
    code: string,
    detail: string,
    problems: readonly Problem[] | null = null,
    challenge: string | null = null,
  ) {
    this.kind = kind;
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.problems = problems;
    this.challenge = challenge;
  }

  static [Symbol.hasInstance](value: unknown): value is Failure {
    return typeof value === "object" && value !== null && BRAND in value;
  }
}

/**
 * What a client may read: of an upstream's failures nothing, since they name hosts and errors of the inside; nor why credentials
 * were refused, which would help whoever makes them up.
 */
export function publicDetail(failure: Failure): string | null {
  if (failure.challenge !== null) return null;
  switch (failure.kind) {
    case "connect":
    case "timeout":
    case "status":
    case "protocol":
    case "overload":
      return null;
    default:
      return failure.detail === "" ? null : failure.detail;
  }
}

/** `path` is a JSON pointer (RFC 6901) into the input. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}
