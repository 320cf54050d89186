import type { FileStatus, OpenFile } from '../platform/open-file.ts';

/** Unpacks compressed generations, one at a time, and knows those that have been of no use. */
export class Unpacker {
  readonly #directory: string;
  readonly #onFailure: (detail: string, file: OpenFile) => void;
  readonly #useless = new Set<string>();
  #current: OpenFile | undefined;

  /** @param directory where unpacked files have their space; they have no names. */
  constructor(directory: string, onFailure: (detail: string, file: OpenFile) => void) {
    this.#directory = directory;
    this.#onFailure = onFailure;
  }

  /** What is being unpacked: it must stay open until that is done. */
  get current(): OpenFile | undefined {
    return this.#current;
  }

  isUseless(status: FileStatus): boolean {
    return this.#useless.has(keyOf(status));
  }

  /**
   * Unpacks a file, closes it, and hands over what was in it, undefined where it could not be
   * unpacked; `use` says whether that was of any use.
   */
  async unpack(file: OpenFile, use: (unpacked: OpenFile | undefined) => boolean): Promise<void> {
    const key = keyOf(file.status());
    this.#current = file;
    const result = await file.unpack!(this.#directory);
    this.#current = undefined;
    if (!result.ok) this.#onFailure(result.detail, file);
    file.close();
    if (!use(result.ok ? result.file : undefined)) this.#useless.add(key);
  }
}

function keyOf({ device, inode }: FileStatus): string {
  return `${device}:${inode}`;
}
