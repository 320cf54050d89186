import type { ConfPlace } from './conf-statement.ts';

const mostProblems = 20;
const mostUnused = 200;

/** Collects what is wrong, a sentence each, and what is of no use; both are bounded. */
export class ConfProblems {
  readonly #sentences = new Set<string>();
  readonly #unused: Record<string, number> = Object.create(null);
  #more = 0;

  /** The same sentence counts once: what is wrong with a base would be said for each of its heirs. */
  add(place: ConfPlace | undefined, message: string): void {
    const sentence = place === undefined ? message : `${place.file}:${place.line}: ${message}`;
    if (this.#sentences.has(sentence)) return;
    if (this.#sentences.size < mostProblems) this.#sentences.add(sentence);
    else this.#more += 1;
  }

  get sentences(): readonly string[] {
    const more = this.#more === 0 ? [] : [`${this.#more} more of these`];
    return [...this.#sentences, ...more];
  }

  countUnused(name: string): void {
    const count = this.#unused[name];
    if (count !== undefined || Object.keys(this.#unused).length < mostUnused)
      this.#unused[name] = (count ?? 0) + 1;
  }

  get unused(): Readonly<Record<string, number>> {
    return { ...this.#unused };
  }
}
