/**
 * Models that their providers take away on a day that they have announced, each with the provider's page and the day for which it was checked. A row stands here only if the
 * page itself or sources that are kept independently of each other say the day; a successor only where they agree on it too. A name means exactly that name, at the
 * provider's usual place: Azure, Bedrock and Vertex AI have days of their own. Nothing here is compared with today's date, so that a program that compiled yesterday
 * compiles today with the same words; what a request to such a model becomes, its provider decides.
 */

export interface Retirement {
  /** Such as "2027-01-14". */
  readonly day: string;
  /** What the provider names in its place; null: nothing that sources agree on. */
  readonly successor: string | null;
  readonly source: string;
  readonly checked: string;
}

interface Row {
  readonly names: readonly string[];
  readonly day: string;
  readonly successor?: string;
}

interface Announced {
  readonly source: string;
  readonly checked: string;
  readonly rows: readonly Row[];
}

const OPENAI: Announced = {
  source: "https://developers.openai.com/api/docs/deprecations",
  checked: "2026-11-05",
  rows: [
    {
      names: [
        "gpt-3.5-turbo",
        "gpt-3.5-turbo-0125",
        "gpt-4",
        "gpt-4-0613",
        "gpt-4-1106-preview",
        "gpt-4-turbo",
        "gpt-4-turbo-2024-04-09",
        "gpt-4.1-nano",
        "gpt-4.1-nano-2025-04-14",
        "gpt-4o-2024-05-13",
        "o1",
        "o1-2024-12-17",
        "o1-pro",
        "o1-pro-2025-03-19",
        "o3-mini",
        "o3-mini-2025-01-31",
        "o4-mini",
        "o4-mini-2025-04-16",
      ],
      day: "2026-10-23",
    },
    {
      names: [
        "gpt-5",
        "gpt-5-2025-08-07",
        "gpt-5-mini",
        "gpt-5-mini-2025-08-07",
        "gpt-5-nano",
        "gpt-5-nano-2025-08-07",
        "gpt-5-pro",
        "gpt-5-pro-2025-10-06",
        "o3",
        "o3-2025-04-16",
        "o3-pro",
        "o3-pro-2025-06-10",
      ],
      day: "2026-12-11",
    },
    {
      names: [
        "gpt-4o",
        "gpt-4o-2024-08-06",
        "gpt-4o-2024-11-20",
        "gpt-4o-mini",
        "gpt-4o-mini-2024-07-18",
        "gpt-4.1",
        "gpt-4.1-2025-04-14",
        "gpt-4.1-mini",
        "gpt-4.1-mini-2025-04-14",
      ],
      day: "2027-01-14",
      successor: "gpt-6-luna",
    },
    { names: ["gpt-5.1", "gpt-5.1-2025-11-13"], day: "2027-04-01" },
  ],
};

const ANNOUNCED: { readonly [provider: string]: Announced } = {
  openai: OPENAI,
  openai_responses: OPENAI,
  anthropic: {
    source: "https://platform.claude.com/docs/en/about-claude/model-deprecations",
    checked: "2026-09-24",
    rows: [
      { names: ["claude-2.0", "claude-2.1", "claude-3-sonnet-20240229"], day: "2025-07-21" },
      { names: ["claude-3-5-sonnet-20240620", "claude-3-5-sonnet-20241022"], day: "2025-10-28" },
      { names: ["claude-3-opus-20240229"], day: "2026-01-05" },
      { names: ["claude-3-7-sonnet-20250219"], day: "2026-02-19" },
      { names: ["claude-sonnet-4-0", "claude-sonnet-4-20250514"], day: "2026-06-15", successor: "claude-sonnet-4-6" },
      { names: ["claude-opus-4-0", "claude-opus-4-20250514"], day: "2026-06-15", successor: "claude-opus-4-8" },
      { names: ["claude-opus-4-1", "claude-opus-4-1-20250805"], day: "2026-08-05" },
    ],
  },
  gemini: {
    source: "https://ai.google.dev/gemini-api/docs/deprecations",
    checked: "2026-11-10",
    rows: [
      {
        names: ["gemini-2.0-flash", "gemini-2.0-flash-001", "gemini-2.0-flash-lite", "gemini-2.0-flash-lite-001"],
        day: "2026-06-01",
      },
    ],
  },
};

/** `provider`: as programs name it. null: nothing has been announced that is known here. */
export function retirementOf(provider: string, model: string): Retirement | null {
  const announced = Object.hasOwn(ANNOUNCED, provider) ? ANNOUNCED[provider] : undefined;
  const row = announced?.rows.find(({ names }) => names.includes(model));
  if (announced === undefined || row === undefined) return null;
  const { source, checked } = announced;
  return { day: row.day, successor: row.successor ?? null, source, checked };
}

/** All of them, for the reference. */
export function retirements(): readonly (Retirement & {
  readonly provider: string;
  readonly names: readonly string[];
})[] {
  return Object.entries(ANNOUNCED).flatMap(([provider, { rows, source, checked }]) =>
    rows.map(({ names, day, successor = null }) => ({ provider, names, day, successor, source, checked })),
  );
}
