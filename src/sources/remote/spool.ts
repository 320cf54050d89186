import type { Files } from '../../platform/files.ts';
import type { Scratch } from '../../platform/scratch.ts';
import { splitPath } from '../generations.ts';

/** What the copy belongs to: the remote file, and where in it the copy begins. */
interface Origin {
  readonly inode: string;
  readonly base: number;
  /** Inode of the copy itself: tells which of two files this is about after a crash. */
  readonly copy: number;
}

/** So many older generations of the copy are kept for the follower. */
const keptGenerations = 2;

/**
 * The local copy of a remote log, which a log follower reads as if it were the log. How much of the
 * remote file is there follows from the length of the copy, so that a crash loses and doubles
 * nothing. A new generation begins with every remote file, and when the copy has grown large. Every
 * method may throw the system's errors.
 */
export class Spool {
  readonly path: string;
  readonly #files: Files;
  readonly #scratch: Scratch;
  readonly #statePath: string;
  readonly #nextPath: string;
  #origin: Origin | undefined;

  constructor(path: string, files: Files, scratch: Scratch) {
    const { directory, base } = splitPath(path);
    this.path = path;
    this.#files = files;
    this.#scratch = scratch;
    // Names that no follower takes for generations of the copy.
    this.#statePath = `${directory}/.origin-${base}`;
    this.#nextPath = `${directory}/.next-${base}`;
  }

  /** Takes up what was there at the last start; completes what a crash has interrupted. */
  open(): void {
    this.#scratch.makeDirectory(splitPath(this.path).directory);
    const read = this.#files.readText(this.#statePath);
    const origin = read.ok ? parseOrigin(read.text) : undefined;
    const next = this.#files.status(this.#nextPath);
    if (next !== undefined && next.inode === origin?.copy) this.#shift();
    else this.#scratch.remove(this.#nextPath);
    // A copy whose origin is not known is of no use.
    const isOurs = this.#files.status(this.path)?.inode === origin?.copy;
    this.#origin = isOurs ? origin : undefined;
  }

  /** Inode of the remote file that is copied; undefined before the first. */
  get inode(): string | undefined {
    return this.#origin?.inode;
  }

  get sizeBytes(): number {
    return this.#files.status(this.path)?.sizeBytes ?? 0;
  }

  /** How much of the remote file has been copied. */
  get offset(): number {
    return this.#origin === undefined ? 0 : this.#origin.base + this.sizeBytes;
  }

  /** The last bytes that were copied, at most so many. */
  tail(length: number): string {
    const size = this.sizeBytes;
    const opened = this.#files.open(this.path);
    if (!opened.ok) return '';
    try {
      return opened.file.read(Math.max(0, size - length), Math.min(size, length));
    } finally {
      opened.file.close();
    }
  }

  append(bytes: string): void {
    this.#scratch.append(this.path, bytes);
  }

  /** A new generation, for a remote file from an offset on. */
  begin(inode: string, base: number): void {
    this.#scratch.remove(this.#nextPath);
    this.#scratch.append(this.#nextPath, '');
    const copy = this.#files.status(this.#nextPath)?.inode ?? 0;
    const origin = { inode, base, copy };
    this.#scratch.replace(this.#statePath, JSON.stringify(origin));
    this.#shift();
    this.#origin = origin;
  }

  #shift(): void {
    for (let n = keptGenerations; n > 0; n -= 1) {
      const from = n === 1 ? this.path : `${this.path}.${n - 1}`;
      if (this.#files.status(from) !== undefined) this.#scratch.rename(from, `${this.path}.${n}`);
    }
    this.#scratch.rename(this.#nextPath, this.path);
  }
}

function parseOrigin(text: string): Origin | undefined {
  try {
    const { inode, base, copy }: Record<keyof Origin, unknown> = JSON.parse(text);
    return typeof inode === 'string' && typeof base === 'number' && typeof copy === 'number'
      ? { inode, base, copy }
      : undefined;
  } catch {
    return undefined;
  }
}
