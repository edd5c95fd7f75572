/** What of the gateway requests to models need: accounts, counts, clocks and chance. */
import type { ModelCounterSet } from "../../observe/model-counters.ts";
import type { ModelConfiguration } from "../configuration.ts";
import type { Accounts } from "../money/accounts.ts";
import type { AccessToken } from "../vertex/access-token.ts";
import type { KeyParts } from "./keys.ts";
import type { SpeedTable } from "./speed.ts";

export interface EngineParts {
  /** Copies of requests are sent to shadows; left out: none are, as in tests of programs. */
  readonly shadows?: true | undefined;
  /** Left out: nothing that calls cost is counted. */
  readonly accounts?: Accounts | undefined;
  readonly counters: ModelCounterSet;
  /** Left out: how fast models are is not measured. */
  readonly speeds?: SpeedTable | undefined;
  /** What becomes of keys, for models with several; left out: there are none. */
  readonly keys?: KeyParts | undefined;
  /** The tokens that models are asked with instead of a key (Vertex AI), null: this one needs none. Left out: nobody has any, as in tests of programs. */
  readonly tokens?: ((model: ModelConfiguration) => AccessToken | null) | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  /** So many letters and digits that nobody can guess. */
  readonly identifier: (length: number) => string;
}
