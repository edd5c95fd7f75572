/** Whether a list of events keeps the order that `ModelEvent` promises: the measure of every reader, whatever bytes it was given. */
import type { ModelEvent, OpenedPart } from "../canonical/answer.ts";
import { completionTokens, promptTokens } from "../canonical/usage.ts";

interface OpenPart {
  readonly kind: OpenedPart["kind"];
  readonly redacted: boolean;
  signed: boolean;
  open: boolean;
}

/** What is wrong, in words; empty: nothing. `whole`: the stream has ended, so `end` or `error` has to be the last. */
export function checkEvents(events: readonly ModelEvent[], whole = true): string[] {
  const wrong: string[] = [];
  const parts: OpenPart[] = [];
  const calls = new Set<string>();
  let started = false;
  let stopped = false;
  let over = false;
  events.forEach((event, at) => {
    const say = (what: string) => wrong.push(`event ${at} (${event.type}): ${what}`);
    if (over) say("after the last");
    if (event.type === "error") {
      over = true;
      if (event.error.message === "") say("an error without a message");
      return;
    }
    if (event.type === "start") {
      if (started) say("a second start");
      started = true;
      return;
    }
    if (!started) say("before the start");
    if (event.type === "usage") {
      for (const [name, count] of Object.entries(event.usage)) {
        if (!Number.isSafeInteger(count) || count < 0) say(`${name} is ${count}`);
      }
      if (event.usage.cacheRead > promptTokens(event.usage)) say("more cached than asked");
      if (event.usage.reasoning > completionTokens(event.usage)) say("more reasoning than answer");
      return;
    }
    if (event.type === "end") {
      if (!stopped) say("an end without a stop");
      over = true;
      return;
    }
    if (stopped) say("after the stop");
    if (event.type === "stop") {
      stopped = true;
      if (parts.some((part) => part.open)) say("a part is still open");
      return;
    }
    if (event.type === "open") {
      if (event.index !== parts.length) say(`index ${event.index}, not ${parts.length}`);
      parts.push({
        kind: event.part.kind,
        redacted: event.part.kind === "reasoning" && event.part.redacted !== null,
        signed: false,
        open: true,
      });
      if (event.part.kind !== "tool-call") return;
      if (event.part.id === "") say("a tool call without an identifier");
      if (event.part.name === "") say("a tool call without a name");
      if (calls.has(event.part.id)) say(`a second tool call with identifier ${event.part.id}`);
      calls.add(event.part.id);
      return;
    }
    const part = parts[event.index];
    if (part === undefined || !part.open) {
      say(`part ${event.index} is not open`);
      return;
    }
    if (event.type === "close") part.open = false;
    else if (event.type === "signature") {
      if (part.signed) say("a second signature");
      if (part.kind !== "reasoning" && part.kind !== "tool-call") say(`a signature of a ${part.kind}`);
      if (event.signature === "") say("an empty signature");
      part.signed = true;
    } else {
      if (event.text === "") say("empty");
      if ((event.type === "arguments") !== (part.kind === "tool-call")) say(`in a ${part.kind}`);
      if (part.redacted) say("text in a redacted thought");
    }
  });
  if (whole && !over) wrong.push("neither end nor error");
  return wrong;
}
