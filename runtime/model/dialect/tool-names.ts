/**
 * Names of tools for providers that take fewer characters than others: every name that a provider would refuse gets another, the same for the same
 * request each time, so that whoever reads the answer finds the way back without having to remember anything.
 */
import type { ModelRequest } from "../canonical/request.ts";

export interface ToolNames {
  /** As the provider hears it. */
  readonly there: (name: string) => string;
  /** As the client said it. */
  readonly back: (name: string) => string;
}

const SAME: ToolNames = { there: (name) => name, back: (name) => name };

/** `allowed` matches a whole name that the provider takes; every name of up to 64 letters, digits, "_" and "-" that begins with a letter has to match. */
export function toolNames(request: ModelRequest, allowed: RegExp): ToolNames {
  if (!hasNames(request)) return SAME;
  const taken = new Set<string>();
  const odd = new Set<string>();
  const see = (name: string) => (allowed.test(name) ? taken : odd).add(name);
  for (const tool of request.tools) see(tool.name);
  for (const turn of request.turns) {
    for (const part of turn.parts) {
      if (part.type === "tool-call" || (part.type === "tool-result" && part.name !== "")) see(part.name);
    }
  }
  if (request.toolChoice?.kind === "tool") see(request.toolChoice.name);
  if (odd.size === 0) return SAME;
  const there = new Map<string, string>();
  const back = new Map<string, string>();
  /** Where to go on, so that many names that collide on purpose cost no more than others. */
  const collisions = new Map<string, number>();
  for (const name of odd) {
    const short = `t_${name.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 48)}_${hash(name)}`;
    let next = collisions.get(short) ?? 1;
    let unique = next === 1 ? short : `${short}_${next}`;
    while (taken.has(unique)) unique = `${short}_${++next}`;
    collisions.set(short, next + 1);
    taken.add(unique);
    there.set(name, unique);
    back.set(unique, name);
  }
  return { there: (name) => there.get(name) ?? name, back: (name) => back.get(name) ?? name };
}

function hasNames({ tools, turns, toolChoice }: ModelRequest): boolean {
  if (tools.length > 0 || toolChoice?.kind === "tool") return true;
  for (const { parts } of turns)
    for (const { type } of parts) if (type === "tool-call" || type === "tool-result") return true;
  return false;
}

/** FNV-1a, 32 bits, in base 36: not against enemies, only so that two names that differ in odd characters stay two. */
export function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return (value >>> 0).toString(36);
}
