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
} as const;

/** The parameters of each code's message. */
export interface MessageValues {
  VGW2001: { path: string | number };
  VGW3012: { value: string | number };
}
