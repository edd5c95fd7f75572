/** One request of a campaign, all of it from the seed and its number: who is asked, what goes up, what comes down, and what goes wrong. */
import { Random } from "../fakes/random.ts";

/** What the upstream does wrong, or only oddly. `answers.ts` plays it and says what may come of it. */
export const ANSWERS = [
  "sound",
  "late",
  "split",
  "coalesced",
  "stall",
  "trickle",
  "informational",
  "until-close",
  "extensions",
  "stale",
  "two-answers",
  "unsolicited",
  "lying-short",
  "lying-long",
  "reset",
  "hang-up",
  "silence",
  "loris",
  "cut-head",
  "cut-body",
  "stop-body",
  "bad-chunk",
  "garbage",
  "endless-fields",
  "endless-line",
  "flood",
  "malformed",
  "bodiless",
  "early",
  "unavailable",
] as const;
export type AnswerFault = (typeof ANSWERS)[number];

/** What the client does. `clients.ts` plays it. */
export type ClientFault =
  | "none"
  // Through a middle-man, to no harm.
  | "disturbed"
  // Through a middle-man that ends the connection somewhere.
  | "severed"
  | "partial-head"
  | "partial-body"
  | "leaves-early"
  | "leaves-midway"
  | "never-reads"
  | "reads-late"
  | "burst"
  | "garbage"
  | "framing"
  | "endless"
  | "half-close"
  | "slow-body"
  | "idle"
  // Several clients at once whose requests go out behind one another on shared connections.
  | "pack";

/**
 * They pipeline. Several of each, because one on whose connections many answers were lost sends its requests alone for a while; "brisk" waits for as
 * short a time as "hasty".
 */
export const PIPELINED = ["pipeda", "pipedb", "pipedc", "pipedd", "pipede", "pipedf", "briska", "briskb"] as const;

export type Service =
  | "sound"
  | "faulty"
  | "hasty"
  | "narrow"
  | "wire"
  | "retried"
  | "refused"
  | "replaced"
  | "json"
  | (typeof PIPELINED)[number];

export interface Case {
  readonly index: number;
  /** What its requests are called; a burst's others are counted on from here. */
  readonly id: number;
  readonly service: Service;
  readonly method: "GET" | "POST" | "HEAD";
  /** Bytes; null: no body. */
  readonly upload: number | null;
  readonly chunkedUpload: boolean;
  /** Bytes of the answer's body. */
  readonly size: number;
  readonly chunked: boolean;
  readonly answer: AnswerFault;
  readonly client: ClientFault;
  /** Of a pack: how many it is, and which one meets what the upstream does wrong. The others' answers are sound. */
  readonly members: number;
  readonly culprit: number;
}

/** Ids of one case: that many requests at most. */
export const IDS = 16;

const ANSWER_WEIGHTS: readonly (readonly [AnswerFault, number])[] = ANSWERS.map((name) => [
  name,
  // What takes its time is rarer, or nothing else would be seen.
  name === "silence" || name === "loris" || name === "stop-body" || name === "lying-long" ? 0.3 : 1,
]);

const CLIENT_WEIGHTS: readonly (readonly [ClientFault, number])[] = [
  ["disturbed", 4],
  ["severed", 3],
  ["partial-head", 2],
  ["partial-body", 2],
  ["leaves-early", 3],
  ["leaves-midway", 3],
  ["never-reads", 0.5],
  ["reads-late", 0.5],
  ["burst", 3],
  ["garbage", 1],
  ["framing", 1],
  ["endless", 0.5],
  ["half-close", 1],
  ["slow-body", 1],
  ["idle", 0.5],
];

/** What ends a shared connection before all are answered is rare: the service then sends its requests alone for seconds. */
const PACK_WEIGHTS: readonly (readonly [AnswerFault, number])[] = [
  ["sound", 20],
  ...(
    [
      "late",
      "split",
      "coalesced",
      "stall",
      "trickle",
      "informational",
      "extensions",
      "bodiless",
      "unavailable",
    ] as const
  ).map((name) => [name, 2] as const),
  ...(
    [
      "until-close",
      "two-answers",
      "unsolicited",
      "lying-short",
      "reset",
      "hang-up",
      "cut-body",
      "malformed",
      "endless-fields",
      "flood",
    ] as const
  ).map((name) => [name, 0.4] as const),
  ...(["silence", "stop-body", "lying-long", "cut-head", "garbage", "bad-chunk"] as const).map(
    (name) => [name, 0.3] as const,
  ),
];

/** These end in nothing but the service's own limits. */
export const WAITS: readonly AnswerFault[] = [
  "silence",
  "loris",
  "stop-body",
  "lying-long",
  "cut-head",
  "garbage",
  "bad-chunk",
];

export function caseOf(seed: number, index: number): Case {
  const random = new Random(seed, index);
  const kind = random.weighed([
    ["sound", 45],
    ["answer", 30],
    ["client", 20],
    ["both", 5],
    ["pack", 5],
  ] as const);
  const answer =
    kind === "pack"
      ? random.weighed(PACK_WEIGHTS)
      : kind === "answer" || kind === "both"
        ? random.weighed(ANSWER_WEIGHTS)
        : "sound";
  const client =
    kind === "pack" ? "pack" : kind === "client" || kind === "both" ? random.weighed(CLIENT_WEIGHTS) : "none";
  const members = client === "pack" ? random.between(2, IDS) : 1;
  const service = serviceFor(random, answer, client);
  const withBody = answer === "early" || client === "partial-body" || client === "slow-body" || random.chance(0.3);
  const posts = withBody && client !== "burst" && client !== "pack" && service !== "json" && service !== "replaced";
  const head = !posts && client === "none" && service !== "json" && service !== "replaced" && random.chance(0.05);
  return {
    index,
    id: index * IDS,
    service,
    method: posts ? "POST" : head ? "HEAD" : "GET",
    upload: posts ? sizeOf(random, answer === "early" || client === "slow-body" ? 2 : 0) : null,
    chunkedUpload: random.chance(0.3),
    size: client === "never-reads" || client === "reads-late" ? random.between(1, 4) * 1_000_000 : sizeOf(random, 0),
    chunked: random.chance(0.4),
    answer,
    client,
    members,
    culprit: random.below(members),
  };
}

function serviceFor(random: Random, answer: AnswerFault, client: ClientFault): Service {
  if (client === "pack") {
    const kind = WAITS.includes(answer) ? "brisk" : "piped";
    return random.pick(PIPELINED.filter((name) => name.startsWith(kind)));
  }
  if (WAITS.includes(answer)) return "hasty";
  if (client !== "none") return answer === "sound" ? random.pick(["sound", "faulty"]) : "faulty";
  if (answer === "unavailable" || answer === "early") return random.pick(["faulty", "retried"]);
  if (answer !== "sound") return random.pick(["faulty", "narrow", "retried", "replaced", "json"]);
  return random.weighed([
    ["sound", 10],
    ["faulty", 6],
    ["narrow", 2],
    ["wire", 5],
    ["retried", 2],
    ["replaced", 2],
    ["json", 3],
    ["refused", 0.5],
  ]);
}

/** Mostly small; every size of buffer on the way is passed now and then. */
function sizeOf(random: Random, least: number): number {
  return (
    least +
    random.weighed([
      [random.below(200), 70],
      [random.below(5_000), 18],
      [random.below(40_000), 9],
      [random.below(400_000), 3],
    ])
  );
}
