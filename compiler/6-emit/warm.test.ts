/** Guards `Program.warm`: it runs the matcher over made-up paths, takes no route and leaves the host alone, whatever the program. */
import { compileFunction } from "node:vm";
import { transformSync } from "esbuild";
import { describe, expect, test } from "vitest";
import * as runtime from "../../runtime/index.ts";
import type { RoutePlan, Step } from "../5-plan/plan.ts";
import { emit } from "./index.ts";
import { LARGEST_SWITCH } from "./match.ts";
import { ORIGIN, plan, route } from "./testing.ts";

/** A step that the host would notice. */
const NOTICED: Step = { step: "log", origin: ORIGIN, level: "info", value: numberOne() };

function numberOne(): Extract<Step, { step: "log" }>["value"] {
  return { expr: "constant", type: { kind: "int", min: 1, max: 1, labels: [] }, value: 1 };
}

interface Warmed {
  readonly warm: boolean;
  /** Paths that the matcher took apart. */
  readonly looked: readonly string[];
  readonly logged: number;
}

/** Loads the program of these routes and warms it, on a host that counts; any other question to it would throw. */
function warmed(heads: readonly string[]): Warmed {
  const routes: RoutePlan[] = heads.map((head) => route(head, [NOTICED]));
  const { code } = transformSync(emit(plan(routes)).text, { loader: "ts", format: "cjs" });
  const looked: string[] = [];
  let logged = 0;
  const observed = {
    ...runtime,
    pathSegments: (path: string) => {
      looked.push(path);
      return runtime.pathSegments(path);
    },
    warmTrie: (trie: runtime.Trie) => {
      looked.push(...trie.routes.map((one) => one.path));
      runtime.warmTrie(trie);
    },
  };
  const module: { exports: { load?: (host: object) => { handle(exchange: object): void; warm?(): void } } } = {
    exports: {},
  };
  compileFunction(code, ["exports", "require", "module"])(module.exports, () => observed, module);
  const program = module.exports.load?.({ log: () => logged++ });
  program?.warm?.();
  return { warm: program?.warm !== undefined, looked, logged };
}

describe("warm", () => {
  test("asks a chain of conditions for paths of its routes", () => {
    expect(warmed(["GET /orders/{id:uuid}", "POST /orders", "GET /files/{name...}"])).toEqual({
      warm: true,
      looked: ["/orders/1", "/orders", "/files/1"],
      logged: 0,
    });
  });

  test("looks for the places of a trie, also where routes take any method", () => {
    const heads = Array.from({ length: LARGEST_SWITCH + 1 }, (_, index) => `any /area${index}/{id}`);
    expect(warmed(heads)).toEqual({ warm: true, looked: heads.map((_, index) => `/area${index}/{}`), logged: 0 });
  });

  test("is left out where a condition would let a route run", () => {
    expect(warmed(["GET /orders", "any /{rest...}"])).toEqual({ warm: false, looked: [], logged: 0 });
  });
});
