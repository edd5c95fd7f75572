/** `set`, `remove` and `rewrite`: changes of what goes out, to the service or to the client. */
import type * as tree from "../1-syntax/tree.ts";
import { cookieSettings } from "../vocabulary/settings/route.ts";
import { checkStatus } from "./answer.ts";
import { type Body, report } from "./context.ts";
import { STRING } from "./construct.ts";
import { check, expect } from "./expression.ts";
import { changedPlace } from "./place.ts";
import { checkSettings } from "./setting.ts";
import { takeAway } from "./received.ts";
import { carry, sinkResponse } from "./sink.ts";
import { textValue } from "./template.ts";

export function checkSet(body: Body, step: tree.SetStep): void {
  const place = changedPlace(body, step.place, "set");
  if (!place) {
    check(body, step.value);
    return;
  }
  const { entry } = place;
  const type = entry.what === "status" ? checkStatus(body, step.value, 200) : textValue(body, step.value);
  if (entry.side === "request") carry(body, step.value, type);
  else sinkResponse(body, step.value, type);
  if (entry.what === "path") absolute(body, step.value);
  if (entry.side === "request") takeAway(body, entry.what, place.key);
  if (entry.side === "response" && entry.what === "cookie")
    checkSettings(body, "a cookie", cookieSettings, step.settings, step);
  else
    for (const setting of step.settings)
      report(
        body,
        setting.key,
        "VGW3018",
        { owner: `${entry.side}.${entry.what}`, name: setting.key.text },
        "only cookies of the response have attributes",
      );
}

export function checkRemove(body: Body, step: tree.RemoveStep): void {
  const place = changedPlace(body, step.place, "removed");
  if (place?.entry.side === "request") takeAway(body, place.entry.what, place.key);
}

export function checkRewrite(body: Body, step: tree.RewriteStep): void {
  carry(body, step.path, expect(body, step.path, STRING));
  absolute(body, step.path);
  takeAway(body, "path", "");
}

function absolute(body: Body, node: tree.Expression): void {
  const start = node.kind === "string" ? node.value : node.kind === "template" ? node.texts[0] : null;
  if (start != null && !start.startsWith("/"))
    report(body, node, "VGW3034", { text: "this", type: "a path" }, 'a path begins with "/"');
}
