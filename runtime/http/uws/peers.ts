/**
 * Whose connections are open. Asking the kernel for a request's peer costs a system call and a buffer, some 6% of a forwarded request; where all
 * open connections come from one address (a sidecar, one load balancer, a reverse proxy beside it) the answer is known.
 */
export class Peers {
  #open = 0;
  /** Of every connection that opened since there was none; null: of several, or none is open. */
  #only: string | null = null;

  /** The one address that all open connections come from; null: there are several. */
  get only(): string | null {
    return this.#only;
  }

  /** Connections that are open. */
  get open(): number {
    return this.#open;
  }

  /** A connection opened. "": its address is not known, as of one that is gone already. */
  opened(address: string): void {
    this.#only = address !== "" && (this.#open === 0 || this.#only === address) ? address : null;
    this.#open++;
  }

  /** One closed; whose it was is not told. */
  closed(): void {
    this.#open--;
    if (this.#open === 0) this.#only = null;
  }
}
