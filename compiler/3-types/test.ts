/** Tests: what is given, what is sent, what is expected. They see the program's services and constants, and observations. */
import type * as tree from "../1-syntax/tree.ts";
import { nodesBelow } from "../1-syntax/walk.ts";
import { fakeFailures, givenFacts, modelFakeFailure } from "../vocabulary/observations.ts";
import { sendSettings } from "../vocabulary/settings/route.ts";
import { newBody } from "./body.ts";
import type { CheckedModel, CheckedTest } from "./checked.ts";
import { condition } from "./binary.ts";
import { type Body, type ModuleState, type ProgramState, report } from "./context.ts";
import { simple, STRING } from "./construct.ts";
import { environmentValue, isEnvironment } from "./environment.ts";
import { check, expect } from "./expression.ts";
import { checkSentCaller } from "./identify.ts";
import { modelNamed } from "./model.ts";
import { policyOf } from "./policy.ts";
import { checkMethods } from "./method.ts";
import { checkEntries, checkPayload } from "./service-call.ts";
import { checkSettings } from "./setting.ts";
import { signatureTypeOf } from "./signature.ts";

export function checkTest(program: ProgramState, module: ModuleState, node: tree.Test): CheckedTest {
  const body = newBody(program, module, "test");
  for (const step of node.steps) {
    checkTestStep(body, step);
    // A failure in a test fails the test: nothing needs an else there.
    body.failures.length = 0;
  }
  return { module, node, name: node.title.kind === "string" ? node.title.value : node.title.texts.join("…") };
}

function checkTestStep(body: Body, step: tree.TestStep): void {
  switch (step.kind) {
    case "given":
      for (const fact of step.facts) checkFact(body, fact);
      return;
    case "send":
      checkSend(body, step);
      return;
    case "expect":
      for (const expected of step.conditions) condition(body, expected);
      return;
    case "advance":
      expect(body, step.by, simple("duration"));
      return;
    case "broken":
      return;
  }
}

function checkFact(body: Body, fact: tree.GivenFact): void {
  const { target, value } = fact;
  if (target.kind === "reference" && body.module.names.get(target.name.text)?.kind === "model") {
    checkModelFake(body, target, value);
    return;
  }
  if (target.kind === "reference") {
    const type = givenFacts[target.name.text];
    if (type) {
      expect(body, value, signatureTypeOf(type));
      return;
    }
  }
  if (target.kind === "call" && target.callee.kind === "reference" && target.callee.name.text === "spent") {
    checkSpent(body, target, value);
    return;
  }
  if (target.kind === "call" && isEnvironment(target)) {
    environmentValue(body, target, "string");
    check(body, value);
    return;
  }
  if (
    target.kind === "member" &&
    target.object.kind === "reference" &&
    target.object.name.text === "request" &&
    target.name.text === "address"
  ) {
    expect(body, value, simple("ip"));
    return;
  }
  if (target.kind === "call" && target.callee.kind === "member" && target.callee.object.kind === "reference") {
    checkFake(body, target, target.callee.object, value);
    return;
  }
  check(body, value);
  if (target.kind !== "broken")
    report(body, target, "VGW3031", { done: "given" }, "not something a test can fix", {
      help: `services and models (orders.get("/path") = …, mini = …), what is spent of budgets (spent(mini) = 98%), ${Object.keys(givenFacts).join(", ")}, request.address, env("X")`,
    });
}

/** `spent(assistant) = 98%`: of each budget of a model, a choice or a policy, whatever it counts by; `spent("trial")`: of the `budget` steps of that name. */
function checkSpent(body: Body, target: tree.Call, value: tree.Expression): void {
  expect(body, value, simple("percent"));
  const named = target.arguments.length === 1 ? target.arguments[0]?.value : undefined;
  if (named?.kind === "string") {
    const names = namesOfSteps(body);
    if (names.includes(named.value)) body.module.meanings.set(target.id, { kind: "budgets", of: named.value });
    else
      report(body, named, "VGW3031", { done: "given" }, "no `budget` step has this name", {
        help:
          names.length > 0
            ? `there is ${names.map((name) => `"${name}"`).join(", ")}`
            : `name one: budget $1/day by … { name: "${named.value}" }`,
      });
    return;
  }
  const symbol = named?.kind === "reference" ? body.module.names.get(named.name.text) : undefined;
  if (named?.kind !== "reference" || (symbol !== undefined && symbol.kind !== "model" && symbol.kind !== "policy")) {
    const wanted = "a model, a choice, a policy or the name of a `budget` step";
    report(body, target, "VGW3011", { callee: "spent", wanted }, "whose budgets?");
    return;
  }
  const policy = symbol?.kind === "policy" ? policyOf(body.program, symbol.node as tree.Policy, symbol.module) : null;
  const owner = policy?.checked ?? modelNamed(body, named.name);
  if (owner === null) return;
  body.module.meanings.set(target.id, { kind: "budgets", of: owner });
  const has = policy ? policy.budgets.length > 0 : body.program.budgets.has(owner as CheckedModel);
  if (has) return;
  report(body, named, "VGW3031", { done: "given" }, "it has no budget", {
    help: 'a budget of a route is given by its name: budget $1/day by … { name: "trial" }, then spent("trial")',
  });
}

/** What `budget` steps of the program are called by their authors. */
function namesOfSteps({ program }: Body): readonly string[] {
  const names = program.modules.flatMap(({ tree: { program: written } }) =>
    written.declarations.flatMap((declaration) =>
      nodesBelow(declaration).flatMap((node) => (node.kind === "budget" ? node.settings : [])),
    ),
  );
  return [
    ...new Set(
      names.flatMap(({ key, value }) => (key.text === "name" && value.kind === "string" ? [value.value] : [])),
    ),
  ];
}

/** `orders.get("/orders*") = value`: a value is a 200 with that JSON; a number alone is a status. */
function checkFake(body: Body, target: tree.Call, object: tree.Reference, value: tree.Expression): void {
  const symbol = body.module.names.get(object.name.text);
  const service = symbol?.kind === "service" ? body.program.services.get(symbol.node as tree.Service) : undefined;
  const method = target.callee.kind === "member" ? target.callee.name.text : "";
  if (service) body.module.meanings.set(target.id, { kind: "service-call", service, method: method.toUpperCase() });
  else if (symbol?.kind !== "broken") check(body, object);
  for (const argument of target.arguments) expect(body, argument.value, STRING);
  if (value.kind === "reference" && fakeFailures.includes(value.name.text)) return;
  checkPayload(body, value);
}

/** `mini = "text"`: what the model says; `cut("text")`: and breaks off; a number alone is a status, anything else its provider's whole body. */
function checkModelFake(body: Body, target: tree.Reference, value: tree.Expression): void {
  const model = modelNamed(body, target.name);
  if (model?.choice) {
    const [first] = model.choice.models;
    report(body, target, "VGW3031", { done: "given" }, "a choice does not answer itself", {
      help: first ? `say what its models answer: given ${first.name} = "…"` : null,
    });
  } else if (model) body.module.meanings.set(target.id, { kind: "model", model });
  if (value.kind === "call" && value.callee.kind === "reference" && value.callee.name.text === modelFakeFailure) {
    for (const argument of value.arguments) expect(body, argument.value, STRING);
    if (value.arguments.length !== 1)
      report(body, value, "VGW3011", { callee: modelFakeFailure, wanted: "what was said so far" }, "here", {
        help: 'such as cut("One, two, ")',
      });
    return;
  }
  if (value.kind === "reference" && fakeFailures.includes(value.name.text)) return;
  checkPayload(body, value);
}

function checkSend(body: Body, step: tree.SendStep): void {
  checkMethods(body, [step.method]);
  expect(body, step.path, STRING);
  for (const [index, caller] of step.callers.entries()) {
    checkSentCaller(body, caller);
    if (step.callers.slice(0, index).some(({ identity }) => identity.text === caller.identity.text))
      report(body, caller.identity, "VGW3006", { name: caller.identity.text }, "again");
  }
  checkSettings(body, "send", sendSettings, step.settings, step, (setting, node) => {
    if (setting.type.kind === "entries") checkEntries(body, setting.key, node, null);
    else if (setting.key === "body") checkPayload(body, node);
    else if (setting.type.kind === "expression") expect(body, node, signatureTypeOf(setting.type.type));
  });
}
