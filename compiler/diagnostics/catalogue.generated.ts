// Generated from compiler/diagnostics/pages by `npm run generate`. Do not edit.
// biome-ignore format: generated
export const catalogue = {
  VGW3012: {
    slug: "missing-unit",
    severity: "error",
    message: "{value} has no unit",
  },
} as const;

/** The parameters of each code's message. */
// biome-ignore format: generated
export interface MessageValues {
  VGW3012: { value: string | number };
}
