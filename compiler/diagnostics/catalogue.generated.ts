// Generated from compiler/diagnostics/pages by `npm run generate`. Do not edit.
export const catalogue = {
  VGW3012: {
    slug: "missing-unit",
    severity: "error",
    message: "{value} has no unit",
  },
} as const;

/** The parameters of each code's message. */
export interface MessageValues {
  VGW3012: { value: string | number };
}
