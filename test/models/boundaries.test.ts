/** Streams of every provider's dialect, cut in two at every byte, and into single bytes: what they mean is the same. */
import { describe, expect, test } from "vitest";
import type { ModelEvent } from "../../runtime/model/canonical/answer.ts";
import { checkEvents } from "../../runtime/model/testing/check-events.ts";
import { CONTEXT, cut, readPieces } from "../../runtime/model/testing/streams.ts";
import { Random } from "../fakes/random.ts";
import { PROVIDER_NAMES, randomFrames } from "./random/bytes.ts";
import { PROVIDERS } from "./random/campaign.ts";

const STREAMS = 2;

describe.each(PROVIDER_NAMES)("%s", (name) => {
  const read = (pieces: readonly Uint8Array[]): readonly ModelEvent[] =>
    readPieces(PROVIDERS[name].eventReader(CONTEXT.request), pieces);
  // Lines end in any of three ways; AWS's frames have none, and Ollama's end in one.
  const ends = name === "bedrock" || name === "ollama" ? ["\n"] : ["\n", "\r\n", "\r"];

  test.each(ends)("lines that end with %j", (end) => {
    let cuts = 0;
    for (let stream = 0; stream < STREAMS; stream++) {
      const frames = randomFrames(new Random(stream, PROVIDER_NAMES.indexOf(name)), name, CONTEXT);
      const raw =
        end === "\n"
          ? Buffer.concat(frames)
          : Buffer.from(frames.map((frame) => frame.toString().replaceAll("\n", end)).join(""));
      const whole = read([raw]);
      expect(checkEvents(whole)).toEqual([]);
      const text = JSON.stringify(whole);
      for (let at = 1; at < raw.length; at++) {
        const events = read([raw.subarray(0, at), raw.subarray(at)]);
        if (JSON.stringify(events) !== text) expect(events, `cut at ${at} of stream ${stream}`).toEqual(whole);
        cuts++;
      }
      expect(read(cut(raw, [1]))).toEqual(whole);
    }
    expect(cuts).toBeGreaterThan(300);
  });
});
