/** What the emission of one route's steps carries along: where text goes, how the request ends here, and where a failure goes. */
import type { Origin, RoutePlan } from "../5-plan/plan.ts";
import type { Emission } from "./emission.ts";
import type { Scope } from "./scope.ts";
import type { Usage } from "./usage.ts";
import type { SourceWriter } from "./writer.ts";

/** What a failure does at this place. */
export type OnFailure =
  /** The standard problem, and the request ends. */
  | { readonly kind: "standard" }
  /** `otherwise` stands right here. */
  | { readonly kind: "early"; readonly otherwise: (body: Body) => void }
  /** Leaves the labelled block; `variable` takes the failure where `otherwise` reads it. */
  | { readonly kind: "break"; readonly label: string; readonly variable: string | null }
  /** Inside the function of a `gather`'s item: the failure is its result. */
  | { readonly kind: "return" };

/**
 * How the enclosing function is left once the exchange has its answer: a route just returns, the callback that
 * `forward` runs on the upstream's head returns true.
 */
export type Ending = "return" | "return true";

export interface Body {
  readonly emission: Emission;
  readonly writer: SourceWriter;
  readonly scope: Scope;
  readonly route: RoutePlan;
  readonly usage: Usage;
  readonly ending: Ending;
  readonly onFailure: OnFailure;
  /** Signals of calls that are under way and must be aborted when the request ends here. */
  readonly pending: readonly string[];
  /** Promises of calls that a `together` has already started, by the call's slot. */
  readonly started: ReadonlyMap<object, string>;
}

export function write(body: Body, origin: Origin, emit: () => void): void {
  body.writer.within(origin, emit);
}

/** Ends the request by `call`, an expression that answers the exchange. */
export function end(body: Body, call: string): void {
  for (const signal of body.pending) body.writer.line(`${signal}.abort();`);
  if (body.ending === "return") {
    body.writer.line(`return ${call};`);
  } else {
    body.writer.line(`${call};`);
    body.writer.line("return true;");
  }
}

/** After something was awaited: nothing more is done for a client that has left. */
export function leaveIfAborted(body: Body): void {
  if (body.onFailure.kind === "return") return;
  const left = body.ending === "return" ? "return;" : "return true;";
  if (body.pending.length === 0) {
    body.writer.line(`if (exchange.aborted) ${left}`);
    return;
  }
  body.writer.block("if (exchange.aborted)", () => {
    for (const signal of body.pending) body.writer.line(`${signal}.abort();`);
    body.writer.line(left);
  });
}

/** What happens when `failure`, the text of an expression, is one (it is asked for only where it is needed). Every way through it leaves this place. */
export function fail(body: Body, failure: () => string): void {
  const on = body.onFailure;
  switch (on.kind) {
    case "standard":
      end(body, `${body.emission.use("replyFailure")}(exchange, ${failure()})`);
      break;
    case "return":
      body.writer.line(`return ${failure()};`);
      break;
    case "break":
      if (on.variable !== null) body.writer.line(`${on.variable} = ${failure()};`);
      body.writer.line(`break ${on.label};`);
      break;
    case "early": {
      const scope = body.scope.inner();
      scope.failure = failure;
      on.otherwise({ ...body, scope });
      break;
    }
  }
}

/** `if (condition) { … }`, on one line where what it holds is one statement. */
export function guarded(body: Body, condition: string, then: (body: Body) => void): void {
  body.writer.conditional(condition, () => then(body));
}
