/**
 * What served last, the latest first. The process that serves and its supervisor note the same, so that going back and forth between two programs
 * sends neither of them again.
 */
const KEPT = 2;

export class KeptArtifacts<Kept extends { readonly hash: string }> {
  readonly #latest: Kept[] = [];

  get(hash: string): Kept | null {
    return this.#latest.find((one) => one.hash === hash) ?? null;
  }

  /** It serves now. */
  note(kept: Kept): void {
    const index = this.#latest.findIndex(({ hash }) => hash === kept.hash);
    if (index !== -1) this.#latest.splice(index, 1);
    this.#latest.unshift(kept);
    if (this.#latest.length > KEPT) this.#latest.pop();
  }
}
