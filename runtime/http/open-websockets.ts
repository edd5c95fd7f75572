/** The WebSockets that came through one listener, for the time when it stops. */
import type { WebSocketReceiver } from "../websocket/index.ts";

export class OpenWebSockets {
  readonly #open = new Set<WebSocketReceiver>();
  #leaving = false;

  add(receiver: WebSocketReceiver): void {
    this.#open.add(receiver);
    // It was still a request when the others were told; in a later step, because only then both its ends are there.
    if (this.#leaving) queueMicrotask(() => receiver.goingAway());
  }

  delete(receiver: WebSocketReceiver): void {
    this.#open.delete(receiver);
  }

  /** Each is told 1001, and has its time to close. */
  goAway(): void {
    this.#leaving = true;
    for (const receiver of [...this.#open]) receiver.goingAway();
  }
}
