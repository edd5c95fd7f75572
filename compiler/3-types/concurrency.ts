/** `limit … concurrent`: how many at a time, by what they are told apart, and how long one waits. */
import type * as tree from "../1-syntax/tree.ts";
import { concurrencySettings } from "../vocabulary/settings/limit.ts";
import { type Body, report } from "./context.ts";
import { int, MAX_INT } from "./construct.ts";
import { expect } from "./expression.ts";
import { checkLimitKey, checkSharing } from "./limit.ts";
import { checkEndingOtherwise } from "./otherwise.ts";
import { checkSettings } from "./setting.ts";

export function checkConcurrency(body: Body, step: tree.ConcurrencyStep): void {
  const mark = body.failures.length;
  expect(body, step.most, int(1, MAX_INT));
  if (step.by) checkLimitKey(body, step.by);
  checkSettings(body, "limit … concurrent", concurrencySettings, step.settings, step);
  checkQueue(body, step);
  checkSharing(body, step);
  if (step.otherwise) body.failures.length = mark;
  checkEndingOtherwise(body, step.otherwise);
}

function checkQueue(body: Body, step: tree.ConcurrencyStep): void {
  const written = (key: string): tree.Setting | undefined => step.settings.find((one) => one.key.text === key);
  const [queue, wait] = [written("queue"), written("wait")];
  const shared = written("shared");
  if (queue && shared) {
    report(body, queue.key, "VGW7023", {}, "over all gateways?", {
      help: "leave the queue out, or let each gateway count by itself",
      related: [{ node: shared, text: "counted with other gateways" }],
    });
    return;
  }
  if (queue && !wait)
    report(body, queue.key, "VGW7006", { one: "queue", other: "wait" }, "how long?", {
      help: "say how long a request waits at most: wait: 2s",
    });
  if (wait && !queue)
    report(body, wait.key, "VGW7006", { one: "wait", other: "queue" }, "in which queue?", {
      help: "say how many requests may wait: queue: 50",
    });
}
