/** One test: its steps from top to bottom against a fake world, which starts afresh for each test. */
import { spanOf } from "../1-syntax/index.ts";
import type * as tree from "../1-syntax/tree.ts";
import type { CheckedProgram, CheckedTest } from "../3-types/checked.ts";
import { type InterpretedAnswer, type OutgoingRequest, renderTrace, type World } from "../5-plan/interpreter/index.ts";
import type { Plan } from "../5-plan/plan.ts";
import type { Answerer } from "./answerer.ts";
import { Expressions, Unworkable } from "./expression.ts";
import { answerOf, type Fake, fakeFor, type Sent } from "./fake.ts";
import { agreeing } from "./handshake.ts";
import { readGiven } from "./given.ts";
import { observe } from "./observe.ts";
import { randomFrom } from "./random.ts";
import type { TestFailure, TestReport } from "./report.ts";
import { explain } from "./explain.ts";
import { readSend } from "./send.ts";

/** Where a test's clock stands before any `given now`: 2026-01-01T00:00:00Z. */
const START = 1_767_225_600_000;

/** What a test has arranged and seen so far. */
export interface State {
  readonly fakes: Fake[];
  readonly facts: Map<string, unknown>;
  readonly environment: Map<string, string>;
  address: string;
  now: number;
  /** The counts of limits. */
  readonly limits: Map<string, bigint>;
  /** What budgets have spent. */
  readonly spent: Map<string, bigint>;
  readonly spentBefore: Map<string, { readonly part: number; readonly at: number }>;
  readonly sent: Sent[];
  readonly logs: unknown[];
  answer: InterpretedAnswer | null;
  sends: number;
}

export class TestRun {
  readonly #test: CheckedTest;
  readonly #plan: Plan;
  readonly #answerer: Answerer;
  readonly #expressions: Expressions;
  readonly #failures: TestFailure[] = [];
  readonly #state: State = {
    fakes: [],
    facts: new Map(),
    environment: new Map(),
    address: "127.0.0.1",
    now: START,
    limits: new Map(),
    spent: new Map(),
    spentBefore: new Map(),
    sent: [],
    logs: [],
    answer: null,
    sends: 0,
  };
  readonly #random = randomFrom(1);

  constructor(checked: CheckedProgram, test: CheckedTest, plan: Plan, answerer: Answerer) {
    this.#test = test;
    this.#plan = plan;
    this.#answerer = answerer;
    this.#expressions = new Expressions(checked, plan, this.#state.environment);
  }

  async run(): Promise<TestReport> {
    const { module, node, name } = this.#test;
    for (const step of node.steps) {
      try {
        await this.#step(step);
      } catch (error) {
        if (!(error instanceof Unworkable)) throw error;
        this.#fail(error.node, error.message);
      }
      // What follows a step that could not be done would only fail for that reason too.
      if (this.#failures.length > 0 && step.kind !== "expect") break;
    }
    const passed = this.#failures.length === 0;
    const span = spanOf(module.tree, node.title.id);
    return { title: name, span, passed, failures: this.#failures, sends: this.#state.sends };
  }

  async #step(step: tree.TestStep): Promise<void> {
    const state = this.#state;
    const world = this.#world();
    switch (step.kind) {
      case "given":
        for (const fact of step.facts) await readGiven(fact, this.#test.module, state, this.#expressions, world);
        return;
      case "send":
        await this.#send(step, world);
        return;
      case "expect":
        for (const condition of step.conditions) await this.#expect(condition, world);
        return;
      case "advance": {
        const by = await this.#expressions.value(this.#test.module, step.by, new Map(), world);
        state.now += Number(by);
        return;
      }
      case "broken":
        return;
    }
  }

  async #send(step: tree.SendStep, world: World): Promise<void> {
    const state = this.#state;
    const { module } = this.#test;
    const request = await readSend(step, module, state, this.#expressions, world);
    state.sends++;
    state.sent.length = 0;
    state.logs.length = 0;
    const unfaked: string[] = [];
    const call: World["call"] = (service, outgoing) => {
      state.sent.push({ service, request: outgoing });
      const fake = fakeFor(state.fakes, service, outgoing);
      if (fake === null) unfaked.push(describe(service, outgoing));
      return Promise.resolve(fake === null ? { failure: "connect" } : agreeing(answerOf(fake, outgoing), outgoing));
    };
    const environment = Object.fromEntries(state.environment);
    state.answer = await this.#answerer(request, { ...world, call }, environment);
    for (const one of unfaked) {
      this.#fail(step, `${one} was called, and no \`given\` says what it answers`);
    }
  }

  async #expect(condition: tree.Expression, world: World): Promise<void> {
    const { module } = this.#test;
    if (this.#state.answer === null) {
      this.#fail(condition, "nothing was sent before this `expect`");
      return;
    }
    const slots = observe(this.#state, this.#plan);
    if ((await this.#expressions.value(module, condition, slots, world)) === true) return;
    const actual = await explain(condition, module, slots, this.#expressions, world);
    this.#fail(condition, "this does not hold", actual);
  }

  #fail(node: { readonly id: number }, message: string, actual: TestFailure["actual"] = []): void {
    const { tree } = this.#test.module;
    const span = spanOf(tree, node.id);
    const before = tree.text.slice(0, span.start).split("\n");
    const { answer } = this.#state;
    this.#failures.push({
      span,
      line: before.length,
      column: (before.at(-1) ?? "").length + 1,
      expression: tree.text.slice(span.start, span.end),
      message,
      actual,
      trace: answer === null ? "" : renderTrace(this.#plan, answer.trace),
    });
  }

  #world(): World {
    const state = this.#state;
    return {
      call: () => Promise.resolve({ failure: "connect" }),
      now: () => state.now,
      random: this.#random,
      log: (level, value) => {
        void level;
        state.logs.push(value);
      },
      facts: state.facts,
      limits: state.limits,
      spent: state.spent,
      spentBefore: state.spentBefore,
    };
  }
}

function describe(service: string, request: OutgoingRequest): string {
  return `${service}.${request.method.toLowerCase()}("${request.target}")`;
}
