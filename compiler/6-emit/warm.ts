/** `Program.warm`: the matcher run over a few made-up paths, so that the first request finds it compiled. */
import type { Emission } from "./emission.ts";
import { listLiteral } from "./literal.ts";
import { type Group, triePath } from "./pattern.ts";
import type { SourceWriter } from "./writer.ts";

/** The whole matcher is one function; a few paths reach what it calls. */
const ENOUGH = 4;

/** What `load` gives as `warm`. For the chain of conditions. */
export function emitWarmSwitch(emission: Emission, writer: SourceWriter, made: readonly Group[]): void {
  const { routes } = emission.plan;
  // Warming asks with a method that nobody names. A route that takes any method would run.
  if (!routes.every((route) => route.methods !== null)) return;
  const paths = new Set(made.flatMap(({ routes: [route] }) => (route === undefined ? [] : [madeUp(triePath(route))])));
  emitWarm(emission, writer, `${emission.use("warmMatcher")}(handle, ${listLiteral([...paths].slice(0, ENOUGH))})`);
}

export function emitWarmTrie(emission: Emission, writer: SourceWriter): void {
  emitWarm(emission, writer, `${emission.use("warmTrie")}(trie)`);
}

function emitWarm(emission: Emission, writer: SourceWriter, text: string): void {
  emission.warmed = true;
  writer.blank();
  writer.line("/** Run once before the first request, so that the matcher is compiled by then. It takes no route. */");
  writer.block("function warm(): void", () => writer.line(`${text};`));
}

function madeUp(pattern: string): string {
  return pattern.replaceAll(/\{(?:\.\.\.)?\}/g, "1");
}
