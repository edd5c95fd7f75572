/** Random answers, written as the provider writes them and cut anywhere, are read as they were: fakes and codecs agree, though each was written by itself. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { ModelEvent } from "../canonical/answer.ts";
import { sealState } from "../canonical/signature.ts";
import type { ProviderDialect } from "../dialect/dialect.ts";
import { bedrockProvider } from "../dialect/bedrock/provider.ts";
import { cohereProvider } from "../dialect/cohere/provider.ts";
import { cutBytes, essence } from "../testing/arbitrary-events.ts";
import { checkEvents } from "../testing/check-events.ts";
import { PLAIN_REQUEST } from "../testing/feature-requests.ts";
import { answers, CONTEXT, readPieces } from "../testing/streams.ts";
import { bedrockFake } from "./bedrock.ts";
import { cohereFake } from "./cohere.ts";
import type { FakeDialect } from "./dialect.ts";

/** Without what the dialect has no place for: state of calls, or any. */
function carried(events: readonly ModelEvent[], thoughts: boolean): unknown {
  const calls = new Set(
    events.flatMap((event) => (event.type === "open" && event.part.kind === "tool-call" ? [event.index] : [])),
  );
  const kept = events.filter((event) => event.type !== "signature" || (thoughts && !calls.has(event.index)));
  return essence(kept);
}

/** As a reader hands state on. */
function sealed(event: ModelEvent, name: ProviderDialect["name"]): ModelEvent {
  if (event.type === "signature") return { ...event, signature: sealState(name, event.signature) };
  if (event.type !== "open" || event.part.kind !== "reasoning" || event.part.redacted === null) return event;
  return { ...event, part: { ...event.part, redacted: sealState(name, event.part.redacted) } };
}

const rows: readonly (readonly [ProviderDialect, FakeDialect, thoughts: boolean])[] = [
  [bedrockProvider, bedrockFake, true],
  [cohereProvider, cohereFake, false],
];

it.each(rows.map(([provider, fake, thoughts]) => ({ name: provider.name, provider, fake, thoughts })))(
  "$name",
  ({ provider, fake, thoughts }) => {
    fc.assert(
      fc.property(
        answers({ redacted: thoughts, signatures: thoughts, interleaved: true }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (all, cuts) => {
          const events = all.filter(({ type }) => type !== "usage").map((event) => sealed(event, provider.name));
          const write = fake.eventWriter(CONTEXT, "");
          const bytes = Buffer.concat(events.map((event) => Buffer.from(write(event))));
          const read = readPieces(provider.eventReader(PLAIN_REQUEST), cutBytes(bytes, cuts));
          expect(checkEvents(read)).toEqual([]);
          expect(carried(read, thoughts)).toEqual(carried(events, thoughts));
        },
      ),
      { numRuns: 60 },
    );
  },
);
