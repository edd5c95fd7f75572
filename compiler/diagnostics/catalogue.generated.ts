// Generated from compiler/diagnostics/pages by `npm run generate`. Do not edit.
export const catalogue = {
  VGW2001: {
    slug: "missing-file",
    severity: "error",
    message: "{path} cannot be imported: there is no such file",
  },
  VGW3012: {
    slug: "missing-unit",
    severity: "error",
    message: "{value} has no unit",
  },
  VGW5010: {
    slug: "secret-in-source",
    severity: "error",
    message: "{what} is written into the source",
  },
  VGW6001: {
    slug: "shadowed-route",
    severity: "error",
    message: "another route answers {method} {path} before this one can",
  },
  VGW6002: {
    slug: "undecided-routes",
    severity: "error",
    message: "two routes match {request}, and neither is more specific",
  },
  VGW6003: {
    slug: "missing-access",
    severity: "error",
    message: "{route} does not say who may call it",
  },
  VGW6004: {
    slug: "contradictory-guard",
    severity: "error",
    message: "this condition asks two different things of {place} at once",
  },
  VGW7001: {
    slug: "timeout-beyond-deadline",
    severity: "warning",
    message: "the deadline always comes before the timeout of {service}",
  },
  VGW8001: {
    slug: "unused",
    severity: "warning",
    message: "the {what} {name} is never used",
  },
} as const;

/** The parameters of each code's message. */
export interface MessageValues {
  VGW2001: { path: string | number };
  VGW3012: { value: string | number };
  VGW5010: { what: string | number };
  VGW6001: { method: string | number; path: string | number };
  VGW6002: { request: string | number };
  VGW6003: { route: string | number };
  VGW6004: { place: string | number };
  VGW7001: { service: string | number };
  VGW8001: { what: string | number; name: string | number };
}
