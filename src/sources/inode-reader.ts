import { Tail } from 'tail';
import type { OpenFile } from '../platform/files.ts';

/** How many bytes before the position are compared to tell a rewritten file from a grown one. */
const fingerprintBytes = 64;

/** What an inode reader tells its owner. */
export interface InodeReaderListener {
  /** Bytes in their order, one character a byte. */
  onChunk(chunk: string): void;
  /** The file is not any more the one that was read: truncated, or truncated and written anew. */
  onTruncated(): void;
  onFailure(detail: string): void;
}

/**
 * `tail` bound to one open file instead of a name. Followed by name it loses the rest of a
 * rotated file and whatever comes after a late re-creation; here it gets a path through
 * /proc/self/fd, which leads to the same inode whatever its name becomes, and everything that
 * it does about names is switched off. What a rotation means is the log follower's business.
 */
export class InodeReader extends Tail {
  readonly #file: OpenFile;
  readonly #listener: InodeReaderListener;
  #position = 0;
  /** The last bytes before the position. */
  #fingerprint = '';
  #closed = false;

  constructor(file: OpenFile, listener: InodeReaderListener) {
    // No separator: `tail` would join and split a growing line again and again.
    super(file.descriptorPath, { separator: null, encoding: 'latin1', follow: false });
    this.#file = file;
    this.#listener = listener;
    this.on('line', (chunk: string) => this.#receive(chunk));
    this.on('error', (error: unknown) => this.#fail(error));
  }

  /** Bytes delivered so far, counted from the beginning of the file. */
  get position(): number {
    return this.#position;
  }

  /** Everything that was there at the last look has been delivered. */
  get isIdle(): boolean {
    return (
      this.#position >= this.currentCursorPos && this.#position >= this.#file.status().sizeBytes
    );
  }

  /** Begins to read and to watch. */
  start(position: number): void {
    this.#position = position;
    this.#fingerprint = this.#before(position);
    try {
      super.watch(position, true);
    } catch (error) {
      // No inotify watch to be had: the owner's slow look makes up for it.
      this.#fail(error);
    }
  }

  /** Looks whether there is more; called on each notification and by the owner's slow look. */
  override change(): void {
    if (this.#closed) return;
    if (!this.#isSameFile()) {
      this.#listener.onTruncated();
      return;
    }
    // A read that ended early (a truncation, then growth) leaves the order ahead of the delivery.
    if (this.queue.length === 0) this.currentCursorPos = this.#position;
    super.change();
  }

  close(): void {
    this.#closed = true;
    this.unwatch();
  }

  /** `tail` calls this from its constructor, before there is a position. */
  override watch(): void {
    this.queue = [];
  }

  override rename(): void {
    // The name changed, the file did not.
  }

  /** Also called from the constructor of `tail`, before there is a file. */
  override latestPosition(): number {
    return #file in this ? this.#file.status().sizeBytes : 0;
  }

  #receive(chunk: string): void {
    if (this.#closed) return;
    if (!this.#isSameFile()) {
      this.#listener.onTruncated();
      return;
    }
    this.#position += chunk.length;
    this.#fingerprint = (this.#fingerprint + chunk).slice(-fingerprintBytes);
    this.#listener.onChunk(chunk);
  }

  #isSameFile(): boolean {
    return (
      this.#file.status().sizeBytes >= this.#position &&
      this.#before(this.#position) === this.#fingerprint
    );
  }

  #before(position: number): string {
    const length = Math.min(position, fingerprintBytes);
    return this.#file.read(position - length, length);
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    this.queue = [];
    this.#listener.onFailure(error instanceof Error ? error.message : String(error));
  }
}
