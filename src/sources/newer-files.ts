import type { FileStatus, OpenFile } from '../platform/open-file.ts';
import type { Generation } from './generations.ts';
import { isSameInode } from './log-position.ts';

/** So many newer files are held open while an older one is read. */
const mostHeld = 64;

/**
 * The files that come after the one that is read, oldest first. They are open: before their turn
 * comes they may be renamed or deleted.
 */
export class NewerFiles {
  readonly #files: OpenFile[] = [];

  get isEmpty(): boolean {
    return this.#files.length === 0;
  }

  /** The next one that was written to. */
  get next(): OpenFile | undefined {
    return this.#files.find((file) => file.status().sizeBytes > 0);
  }

  get sizeBytes(): number {
    return this.#files.reduce((sum, file) => sum + file.status().sizeBytes, 0);
  }

  statuses(): readonly FileStatus[] {
    return this.#files.map((file) => file.status());
  }

  get first(): OpenFile | undefined {
    return this.#files[0];
  }

  putFirst(file: OpenFile): void {
    this.#files.unshift(file);
  }

  /**
   * Puts a file where its name belongs among those of all generations; 'copy': before a file that
   * has been there longer, so that it was copied from that. There is room for a bounded number;
   * empty ones have the least to lose.
   */
  insert(file: OpenFile, generations: readonly Generation[]): 'newer' | 'copy' | 'no room' {
    if (this.#files.length >= mostHeld) {
      const empty = this.#files.findIndex((one) => one.status().sizeBytes === 0);
      if (empty === -1) return 'no room';
      for (const one of this.#files.splice(empty, 1)) one.close();
    }
    const placeOf = (one: OpenFile): number =>
      generations.findIndex(({ status }) => isSameInode(status, one.status()));
    const place = placeOf(file);
    const after = this.#files.findIndex((one) => placeOf(one) > place);
    this.#files.splice(after === -1 ? this.#files.length : after, 0, file);
    return after === -1 ? 'newer' : 'copy';
  }

  replace(file: OpenFile, by: readonly OpenFile[]): void {
    const index = this.#files.indexOf(file);
    if (index !== -1) this.#files.splice(index, 1, ...by);
  }

  /** Takes one out; those before it, empty ones, are closed. */
  take(file: OpenFile): void {
    const passed = this.#files.splice(0, this.#files.indexOf(file) + 1);
    for (const one of passed) if (one !== file) one.close();
  }

  close(): void {
    for (const file of this.#files.splice(0)) file.close();
  }
}
