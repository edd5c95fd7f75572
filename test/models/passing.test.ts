/** Streams that pass as the bytes they are, whole and cut off anywhere: the client reads an end where there was one, and an honest error where not. */
import { expect, test } from "vitest";
import type { ModelEvent } from "../../runtime/model/canonical/answer.ts";
import { checkEvents } from "../../runtime/model/testing/check-events.ts";
import { CONTEXT, readPieces } from "../../runtime/model/testing/streams.ts";
import { Random } from "../fakes/random.ts";
import { CLIENTS } from "./clients.ts";
import { randomFrames } from "./random/bytes.ts";
import { PROVIDERS } from "./random/campaign.ts";

const STREAMS = 300;

/** What has come when the client is first sent something. */
const BEGUN = new Set<ModelEvent["type"]>(["text", "arguments", "stop"]);

test.each([...CLIENTS])("%s", (name, client) => {
  const stream = PROVIDERS[name].pass?.stream;
  if (stream === undefined) throw new Error("nothing passes");
  let broken = 0;
  for (let at = 0; at < STREAMS; at++) {
    const random = new Random(at);
    const all = Buffer.concat(randomFrames(random, name, CONTEXT));
    const raw = random.chance(0.3) ? all : all.subarray(0, random.below(all.length + 1));
    const reader = stream(CONTEXT.request, "public-model", true);
    if (reader === null) throw new Error("this one does not pass");
    const events: ModelEvent[] = [];
    const out: Uint8Array[] = [];
    const told = (more: readonly ModelEvent[]): void => {
      events.push(...more);
      const bytes = reader.take();
      if (bytes !== null) out.push(Buffer.from(bytes));
    };
    const most = random.pick([1, 7, 200, 100_000]);
    for (let from = 0; from < raw.length; from += most)
      told(reader.push(Uint8Array.from(raw.subarray(from, from + most))));
    told(reader.finish());
    // Until then it becomes an answer with a status of its own.
    if (!events.some(({ type }) => BEGUN.has(type))) continue;
    const last = events.at(-1);
    if (last?.type === "error") {
      broken++;
      out.push(Buffer.from(client.dialect.eventWriter(CONTEXT).write(last)));
    }
    const read = readPieces(client.reader.eventReader(CONTEXT.request), out);
    expect(checkEvents(read), `stream ${at}`).toEqual([]);
    expect(read.at(-1)?.type, `stream ${at}`).toBe(last?.type);
    if (last?.type === "error") expect(Buffer.concat(out).toString(), `stream ${at}`).toContain(last.error.message);
  }
  expect(broken).toBeGreaterThan(20);
});
