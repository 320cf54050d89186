import type { FileStatus, OpenFile } from '../platform/open-file.ts';

/** Copies of a file that was followed. */
export class Copies {
  readonly #open = new WeakSet<OpenFile>();
  #passedAt = 0;

  add(file: OpenFile): void {
    this.#open.add(file);
  }

  /** Whether an open file is a copy: a half line at its end has no other half anywhere. */
  has(file: OpenFile): boolean {
    return this.#open.has(file);
  }

  /** These have nothing more to give. */
  pass(copies: readonly FileStatus[]): void {
    this.#passedAt = Math.max(this.#passedAt, ...copies.map(({ modifiedAt }) => modifiedAt));
  }

  /** When the newest was written that has nothing more to give. */
  get passedAt(): number {
    return this.#passedAt;
  }
}
