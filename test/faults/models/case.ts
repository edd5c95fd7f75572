/** One request of a campaign against models, all of it from the seed and its number: who asks in which dialect, who is asked, what the provider does wrong, and the client. */
import type { ClientDialectName, ProviderDialectName } from "../../../runtime/model/dialect/dialect.ts";
import { Random } from "../../fakes/random.ts";
import { type Attack, ATTACKS } from "./attacks.ts";
import { CLIENT_PATHS, PROVIDERS, type Shape, SHAPES } from "./program.ts";

/** What the client does. "leaves": at some time, in whichever phase; "half-body": it never sends all of it; "reads-late": it takes nothing for a while. */
export type ClientWay = "none" | "leaves" | "half-body" | "reads-late";

export interface Case {
  readonly index: number;
  readonly client: ClientDialectName;
  readonly provider: ProviderDialectName;
  readonly shape: Shape;
  readonly stream: boolean;
  readonly attack: Attack;
  readonly way: ClientWay;
  /** Words for the fake provider, which makes the sound answer. */
  readonly switches: string;
  readonly tools: boolean;
  /** Milliseconds, where the client leaves. */
  readonly leavesAfter: number;
}

const CLIENTS = [...CLIENT_PATHS.keys()];
const NAMES = [...PROVIDERS.keys()];

/** From here on all is sound. */
export const SOUND_FROM = 200_000_000;

export function caseOf(seed: number, index: number): Case {
  const random = new Random(seed, index, 1);
  const stream = random.chance(0.7);
  const attacks = ATTACKS.filter(({ of }) => of === "both" || (of === "stream") === stream);
  // What has no end is dear to play.
  const drawn = random.weighed(attacks.map((one) => [one, one.name.startsWith("endless") ? 0.1 : 1] as const));
  const tools = random.chance(0.4) ? random.between(1, 3) : 0;
  const switches = [
    `words=${random.pick([1, 5, 30])}`,
    ...(tools > 0 ? [`tools=${tools}`] : []),
    ...(random.chance(0.2) ? [`think=${random.between(1, 5)}`] : []),
    ...(random.chance(0.3) ? [`cached=${random.between(1, 5)}`] : []),
    ...(tools > 1 && random.chance(0.3) ? ["interleaved"] : []),
    ...(tools > 0 && random.chance(0.2) ? ["empty"] : []),
  ];
  return {
    index,
    client: random.pick(CLIENTS),
    provider: random.pick(NAMES),
    shape: random.pick(SHAPES),
    stream,
    attack: index < SOUND_FROM ? drawn : ATTACKS[0]!,
    way: random.weighed([
      ["none", 20],
      ["leaves", 3],
      ["half-body", 0.5],
      ["reads-late", 1],
    ] as const),
    switches: switches.join(", "),
    tools: tools > 0,
    leavesAfter: random.pick([0, 1, 3, 10, 50, random.below(1500)]),
  };
}

export function described({ client, provider, shape, stream, attack, way, switches }: Case): string {
  return `(${client} ${stream ? "streams from" : "asks"} ${provider}, ${shape}: ${attack.name}; client: ${way}; ${switches})`;
}
