/** So many are sure to be remembered, and at most twice as many. */
const fewest = 512;

/** Remembers what belongs to the texts that came up last. */
export class Recent<T> {
  #new = new Map<string, T>();
  #old = new Map<string, T>();

  get(text: string): T | undefined {
    const found = this.#new.get(text);
    if (found !== undefined) return found;
    const old = this.#old.get(text);
    if (old !== undefined) this.set(text, old);
    return old;
  }

  /** `text` is kept: no slice of a longer one. */
  set(text: string, value: T): void {
    if (this.#new.size >= fewest) {
      this.#old = this.#new;
      this.#new = new Map();
    }
    this.#new.set(text, value);
  }
}
