/** What Claude's models have in common wherever they are run: Anthropic, Vertex AI, Bedrock. */

/**
 * Whether the model goes on behind a last turn of its own: those up to 4.5 do, later ones refuse it (400). Any other name is taken for a later one.
 * https://platform.claude.com/docs/en/about-claude/models/migration-guide
 */
export function takesPrefill(model: string): boolean {
  return /(^|[./])(anthropic\.)?claude-(3-|instant|v?2|(opus|sonnet|haiku)-4(-[0-5])?($|[@:]|-20\d{6}|-latest))/.test(
    model,
  );
}
