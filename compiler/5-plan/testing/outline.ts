/** A plan's steps as a few readable lines, so that tests can say by hand what a program must become. */
import type { Expr, Step } from "../plan.ts";

export function outline(steps: readonly Step[], indent = ""): string[] {
  return steps.flatMap((step) => linesOf(step, indent));
}

function linesOf(step: Step, indent: string): string[] {
  const deeper = `${indent}  `;
  switch (step.step) {
    case "compute":
      return [`${indent}${step.slot.name} = ${text(step.value)}`];
    case "read":
      return [`${indent}${step.slot.name} = read ${step.source} ${step.wireName || step.codec}`];
    case "call": {
      const query = step.query.map(({ name, value }) => ` ${name}=${text(value)}`).join("");
      const optional = step.absentOn404 ? " or 404" : "";
      return [`${indent}${step.slot.name} = ${step.service} ${step.method} ${text(step.path)}${query}${optional}`];
    }
    case "decode":
      return [`${indent}${step.slot.name} = decode ${step.source} ${text(step.from)}`];
    case "divide":
      return [`${indent}${step.slot.name} = divide ${text(step.left)} ${text(step.right)}`];
    case "convert":
      return [`${indent}${step.slot.name} = ${step.builtin}(${step.arguments.map(text).join(", ")})`];
    case "together":
      return [`${indent}together`, ...step.branches.flatMap((branch) => [`${indent}-`, ...outline(branch, deeper)])];
    case "attempt":
      return [
        `${indent}attempt`,
        ...outline(step.steps, deeper),
        `${indent}otherwise`,
        ...outline(step.otherwise, deeper),
      ];
    case "model":
      return [`${indent}ask ${step.model} as ${step.client}`];
    case "fail":
      return [`${indent}fail ${step.kind}`];
    case "identify":
      return [
        `${indent}${step.slot.name} = identify ${step.how} ${step.identities.map(({ identity }) => identity).join(", ")}`,
      ];
    case "require":
      return [`${indent}require ${text(step.condition)}`];
    case "limit": {
      const by = step.key === null ? "" : ` by ${text(step.key)}`;
      return [`${indent}limit ${step.name} ${text(step.rate)}${by} burst ${text(step.burst)} cost ${text(step.cost)}`];
    }
    case "budget":
      return [`${indent}budget ${step.budget}${step.key === null ? "" : ` by ${text(step.key)}`}`];
    case "concurrency": {
      const by = step.key === null ? "" : ` by ${text(step.key)}`;
      const queue = step.queue === 0 ? "" : ` queue ${step.queue} wait ${step.wait}`;
      const again = step.retryAfter === null ? "" : ` again ${step.retryAfter}`;
      return [`${indent}concurrency ${step.name} ${text(step.most)}${by}${queue}${again}`];
    }
    case "if": {
      const otherwise = step.otherwise.length === 0 ? [] : [`${indent}else`, ...outline(step.otherwise, deeper)];
      return [`${indent}if ${text(step.condition)}`, ...outline(step.then, deeper), ...otherwise];
    }
    case "gather":
      return [
        `${indent}${step.slot.name} = gather ${text(step.list)} ${step.atOnce} ${step.item.name} => ${text(step.result)}`,
        ...outline(step.steps, deeper),
      ];
    case "set":
      return [`${indent}set ${step.place} ${step.name} = ${step.value === null ? "(remove)" : text(step.value)}`];
    case "log":
      return [`${indent}log ${step.level} ${text(step.value)}`];
    case "reply": {
      const { content } = step;
      const value =
        "value" in content
          ? ` ${text(content.value)}`
          : content.kind === "redirect"
            ? ` ${text(content.location)}`
            : "";
      return [`${indent}reply ${text(step.status)} ${content.kind}${value}`];
    }
    case "deny":
      return [`${indent}deny ${text(step.status)}${step.detail === null ? "" : ` ${text(step.detail)}`}`];
    case "forward":
      return [`${indent}forward ${step.service}`, ...outline(step.answer, deeper)];
  }
}

export function text(expr: Expr): string {
  switch (expr.expr) {
    case "constant":
      return JSON.stringify(expr.value);
    case "slot":
    case "global":
      return expr.name;
    case "environment":
      return `$${expr.variable}`;
    case "none":
      return "none";
    case "list":
      return `[${expr.items.map(text).join(", ")}]`;
    case "record":
      return `{ ${expr.entries.map((entry) => (entry.kind === "entry" ? `${entry.name}: ${text(entry.value)}` : `...${text(entry.value)}`)).join(", ")} }`;
    case "field":
      return `${text(expr.of)}.${expr.name}`;
    case "json-member":
      return `${text(expr.of)}?.${expr.name}`;
    case "index":
      return `${text(expr.of)}[${text(expr.index)}]`;
    case "template":
      return `"${expr.texts.map((part, index) => part + (expr.holes[index] === undefined ? "" : `{${text(expr.holes[index])}}`)).join("")}"`;
    case "encode":
      return `${expr.as}:${text(expr.of)}`;
    case "unary":
      return `${expr.operator === "not" ? "not " : "-"}${text(expr.of)}`;
    case "binary":
      return `(${text(expr.left)} ${expr.operator} ${text(expr.right)})`;
    case "within":
      return `(${text(expr.of)} in ${expr.from === null ? "" : text(expr.from)}..${expr.to === null ? "" : text(expr.to)})`;
    case "conditional":
      return `(${text(expr.condition)} ? ${text(expr.then)} : ${text(expr.otherwise)})`;
    case "or-else":
      return `(${text(expr.of)} ?? ${text(expr.otherwise)})`;
    case "is-absent":
      return `absent(${text(expr.of)})`;
    case "match":
      return `match { ${expr.arms.map((arm) => `${arm.test === null ? "_" : text(arm.test)} => ${text(arm.value)}`).join(", ")} }`;
    case "builtin":
      return `${expr.name}(${expr.arguments.map(text).join(", ")})`;
    case "attempt":
      return `try ${expr.name}(${expr.arguments.map(text).join(", ")}) else ${text(expr.otherwise)}`;
    case "let":
      return `(let ${expr.slot.name} = ${text(expr.value)} in ${text(expr.body)})`;
    case "lambda":
      return `(${expr.parameters.map((slot) => slot.name).join(", ")} => ${text(expr.body)})`;
    case "call":
      return `${expr.function}(${expr.arguments.map(text).join(", ")})`;
    case "request":
      return `request.${expr.what}`;
    case "request-value":
      return `request.${expr.what}(${text(expr.name)})`;
    case "response-status":
      return "response.status";
    case "response-header":
      return `response.header(${text(expr.name)})`;
    case "failure":
      return `failure.${expr.field}`;
  }
}
