/** What is held for an exchange and must be given back when it ends, whichever way: a chain that hangs on the exchange. */
import type { Exchange } from "./exchange.ts";

export interface Held {
  next: Held | null;
  /** Once. Never throws. */
  giveBack(): void;
}

/** Hangs on an exchange that is over: nothing can be held for it any more. */
export const OVER: Held = { next: null, giveBack: () => {} };

/** Holds one thing more; false: the exchange is over, and it is not held. */
export function hold(exchange: Exchange, held: Held): boolean {
  if (exchange.held === OVER) return false;
  held.next = exchange.held;
  exchange.held = held;
  return true;
}

/** The exchange is over. */
export function giveBackAll(exchange: Exchange): void {
  let held = exchange.held;
  exchange.held = OVER;
  while (held !== null) {
    const { next } = held;
    held.giveBack();
    held = next;
  }
}
