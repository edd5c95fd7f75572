/**
 * Names seen at one point of a body: a chain of frames, so that entering a block or a lambda costs one small object and
 * never a copy. A frame also holds what conditions have proved about names of outer frames ("this is not absent").
 */
export class Scope<T> {
  private readonly parent: Scope<T> | null;
  private names: Map<string, T> | null = null;
  private facts: Set<string> | null = null;

  constructor(parent: Scope<T> | null) {
    this.parent = parent;
  }

  declare(name: string, value: T): void {
    this.names ??= new Map();
    this.names.set(name, value);
  }

  find(name: string): T | undefined {
    for (let frame: Scope<T> | null = this; frame; frame = frame.parent) {
      const found = frame.names?.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** `path` is a key that the caller makes of a name and its fields. */
  prove(path: string): void {
    this.facts ??= new Set();
    this.facts.add(path);
  }

  isProved(path: string): boolean {
    for (let frame: Scope<T> | null = this; frame; frame = frame.parent) if (frame.facts?.has(path)) return true;
    return false;
  }

  /** All names in sight, for suggestions. */
  *all(): Iterable<string> {
    for (let frame: Scope<T> | null = this; frame; frame = frame.parent) if (frame.names) yield* frame.names.keys();
  }
}
