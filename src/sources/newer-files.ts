import type { FileStatus, OpenFile } from '../platform/open-file.ts';
import { newerThan } from './generations.ts';
import type { Generation } from './generations.ts';
import { isSameInode } from './log-position.ts';

/** So many newer files are held open while an older one is read. */
const mostHeld = 64;

/** How files are opened. */
interface Doors {
  readonly open: (path: string) => OpenFile | undefined;
  readonly exists: (path: string) => boolean;
  readonly onOpened: (file: OpenFile, as: 'newer' | 'copy') => void;
}

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
  #insert(file: OpenFile, generations: readonly Generation[]): 'newer' | 'copy' | 'no room' {
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

  /**
   * Opens and puts in the generations that came after the file that is read and are not open yet;
   * false: some may be missing.
   */
  openAfter(
    current: FileStatus,
    generations: readonly Generation[],
    livePath: string,
    { open, exists, onOpened }: Doors,
  ): boolean {
    for (const { path, status } of newerThan(
      [current, ...this.statuses()],
      generations,
      livePath,
    )) {
      const file = open(path);
      // Renamed since it was listed, or not for this user's eyes.
      if (file === undefined) return exists(path);
      const isSame = isSameInode(file.status(), status);
      const inserted = isSame && this.#insert(file, generations);
      if (inserted === false || inserted === 'no room') {
        file.close();
        // Renamed since it was listed: the next look sees what has become of it.
        return isSame;
      }
      onOpened(file, inserted);
    }
    return true;
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
