/** `orders.get("/path", body: …)`: gives an answer, or fails. Everything that goes out is judged by the service's clearance. */
import type * as tree from "../1-syntax/tree.ts";
import { nearest } from "../2-names/index.ts";
import { callSettings } from "../vocabulary/settings/service.ts";
import type { CheckedService } from "./checked.ts";
import { type Body, type ModuleState, type RelatedNode, report, sourceOf, span } from "./context.ts";
import { present, simple, STRING, UNKNOWN } from "./construct.ts";
import { check, expect } from "./expression.ts";
import { headerName } from "./place.ts";
import { fromOutside } from "./outside.ts";
import { staticSetting } from "./setting.ts";
import { sinkService } from "./sink.ts";
import { textOf } from "./template.ts";
import { withoutJson } from "./text.ts";
import { describe, show } from "./show.ts";
import { purePlace } from "./pure-place.ts";
import type { Type } from "./type.ts";

const methods = ["get", "head", "post", "put", "patch", "delete", "options"];

export function checkServiceCall(body: Body, node: tree.Call, callee: tree.Member, declaration: tree.Service): Type {
  const service = body.program.services.get(declaration);
  const method = callee.name.text;
  if (!methods.includes(method)) {
    for (const argument of node.arguments) check(body, argument.value);
    unknownMethod(body, callee.name, declaration.name.text);
    return UNKNOWN;
  }
  if (!service) return UNKNOWN;
  const place = purePlace(body);
  if (place)
    report(body, node, "VGW6105", { what: "a service call", where: place }, "waits for the network, and can fail", {
      help:
        body.where === "lambda"
          ? "gather(list, at_once: 8, x => …) calls once per item"
          : "call it in a step of the route and pass the answer on",
    });
  body.module.meanings.set(node.id, { kind: "service-call", service, method: method.toUpperCase() });
  checkArguments(body, node, service);
  if (place) return UNKNOWN;
  body.failures.push({
    kind: "status",
    node,
    reasons: [limitText(service), "a status of 400 or more"],
    related: limitLabel(service),
    help: `say what the caller gets:  … else deny 503 "${capitalised(service.name)} is away."`,
  });
  return fromOutside(body.program, simple("answer"));
}

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

function unknownMethod(body: Body, name: tree.Name, service: string): void {
  if (name.text === "") return;
  const likely = nearest(name.text, methods);
  report(body, name, "VGW3003", { type: `the service ${service}`, name: `call \`${name.text}\`` }, "no such call", {
    help: likely ? `did you mean ${likely}?` : `it has ${methods.join(", ")}`,
    fixes: likely
      ? [{ title: `Write ${likely}`, kind: "maybe", edits: [{ span: span(body.module, name), text: likely }] }]
      : [],
  });
}

/** As written, or the default. */
function limitText(service: CheckedService): string {
  const written = timeoutOf(service);
  return `timeout (${written ? sourceOf(service.module as ModuleState, written.value) : "30s"})`;
}

function limitLabel(service: CheckedService): readonly RelatedNode[] {
  const written = timeoutOf(service);
  return written ? [{ node: written.value, text: "this limit", module: service.module as ModuleState }] : [];
}

function timeoutOf(service: CheckedService): tree.Setting | undefined {
  return service.node.settings.find(({ key }) => key.text === "timeout");
}

function checkArguments(body: Body, node: tree.Call, service: CheckedService): void {
  const callee = service.name;
  let path: tree.Expression | null = null;
  const seen = new Set<string>();
  for (const argument of node.arguments) {
    if (argument.name === null) {
      if (path) {
        check(body, argument.value);
        report(body, argument, "VGW3014", { callee: `a call of ${callee}`, wanted: "one path" }, "one too many", {
          help: `name it: ${callSettings.map(({ key }) => `${key}: …`).join(", ")}`,
        });
      }
      path ??= argument.value;
      if (path === argument.value) checkPath(body, path, service);
      continue;
    }
    const key = argument.name.text;
    if (seen.has(key)) report(body, argument.name, "VGW3006", { name: key }, "again");
    seen.add(key);
    checkNamed(body, argument.name, argument.value, service);
  }
  if (!path) report(body, node, "VGW3011", { callee: `a call of ${callee}`, wanted: "a path" }, 'such as "/items"');
}

/** A path from the root of the service, its holes encoded for where they stand. */
function checkPath(body: Body, node: tree.Expression, service: CheckedService): void {
  const type = expect(body, node, STRING);
  const start = node.kind === "string" ? node.value : node.kind === "template" ? node.texts[0] : null;
  if (start != null && !start.startsWith("/"))
    report(body, node, "VGW3034", { text: "this", type: "a path" }, 'a path begins with "/"');
  sinkService(body, node, type, service);
}

function checkNamed(body: Body, name: tree.Name, node: tree.Expression, service: CheckedService): void {
  const setting = callSettings.find(({ key }) => key === name.text);
  if (!setting) {
    check(body, node);
    const known = callSettings.map(({ key }) => key);
    const likely = nearest(name.text, known);
    report(body, name, "VGW3013", { callee: `a call of ${service.name}`, name: name.text }, "no such argument", {
      help: likely ? `did you mean ${likely}?` : `it takes a path, ${known.join(", ")}`,
      fixes: likely
        ? [{ title: `Write ${likely}`, kind: "maybe", edits: [{ span: span(body.module, name), text: likely }] }]
        : [],
    });
    return;
  }
  if (setting.type.kind === "entries") checkEntries(body, name.text, node, service);
  else if (setting.type.kind === "expression") sinkService(body, node, checkPayload(body, node), service);
  else staticSetting(body, setting, node);
}

/** A body that goes out: text, bytes, or anything with a JSON form. */
export function checkPayload(body: Body, node: tree.Expression): Type {
  const type = check(body, node);
  const part = withoutJson(type);
  if (part) report(body, node, "VGW3033", { type: show(part) }, `this is ${describe(type)}`);
  return type;
}

/** `{ name: value }` for headers and queries: values have a text form; an absent one leaves its name out. */
export function checkEntries(body: Body, what: string, node: tree.Expression, service: CheckedService | null): void {
  if (node.kind !== "record") {
    check(body, node);
    if (node.kind !== "broken")
      report(
        body,
        node,
        "VGW3001",
        { expected: "a record such as { name: value }", found: "something else" },
        "names and values are expected here",
      );
    return;
  }
  const seen = new Set<string>();
  for (const entry of node.entries) {
    if (entry.kind === "spread") {
      check(body, entry.value);
      report(body, entry, "VGW3022", {}, "names are written out here");
      continue;
    }
    const key = entry.key.text.toLowerCase();
    if (seen.has(key)) report(body, entry.key, "VGW3006", { name: entry.key.text }, "again");
    seen.add(key);
    if (what === "headers") headerName(body, entry.key, true);
    const type = optionalText(body, entry.value);
    if (service) sinkService(body, entry.value, type, service);
  }
  body.module.types.set(node.id, UNKNOWN);
}

function optionalText(body: Body, node: tree.Expression): Type {
  const type = check(body, node);
  if (type.kind === "null") return type;
  textOf(body, node, present(type));
  return type;
}
