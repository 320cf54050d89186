import { Tail } from 'tail';
import type { OpenFile } from '../platform/files.ts';
import { tailBefore, tailLength } from './log-position.ts';

/** What an inode reader tells its owner. */
export interface InodeReaderListener {
  /** Bytes in their order, one character a byte. */
  onChunk(chunk: string): void;
  /** The file is not any more the one that was read: truncated, or truncated and written anew. */
  onTruncated(): void;
  /** The file cannot be read; nothing more comes from this reader. */
  onFailure(detail: string): void;
}

/** What is read at once where `tail` cannot, and how often in a row before others get a turn. */
const directReadBytes = 65_536;
const directReads = 16;

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
  /** The last bytes before the position: a file that was written anew has others there. */
  #fingerprint = '';
  #sizeBytes = 0;
  #closed = false;
  #broken = false;

  constructor(file: OpenFile, listener: InodeReaderListener) {
    // No separator: `tail` would join and split a growing line again and again.
    super(file.descriptorPath, { separator: null, encoding: 'latin1', follow: false });
    this.#file = file;
    this.#listener = listener;
    this.on('line', (chunk: string) => this.#receive(chunk));
    this.on('error', () => this.#readDirectly());
  }

  /** Bytes delivered so far, counted from the beginning of the file. */
  get position(): number {
    return this.#position;
  }

  /** It has failed: another one has to go on from the position. */
  get isBroken(): boolean {
    return this.#broken;
  }

  /** Size of the file when it was last seen to be still the same. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Everything that is there has been delivered. */
  get isIdle(): boolean {
    return this.#position >= this.#file.status().sizeBytes;
  }

  /**
   * Begins to read and to watch, behind a position and the bytes that stand before it. Returns why
   * there are no notifications, where there are none: the owner's slow look makes up for them.
   */
  start(position: number, fingerprint: string): string | undefined {
    this.#position = position;
    this.#fingerprint = fingerprint;
    try {
      super.watch(position, true);
      // The first look may have ended it already, before there was a watch to end.
      if (this.#closed) this.unwatch();
      return undefined;
    } catch (error) {
      return textOf(error);
    }
  }

  /** Looks whether there is more; called on each notification and by the owner's slow look. */
  override change(): void {
    // A block is ordered only when the one before it has been delivered to its end: that one may
    // turn out to be shorter, and then the next one begins elsewhere.
    if (this.#closed || (this.queue.length > 0 && this.#position < this.currentCursorPos)) return;
    if (!this.#isAsRead()) return;
    this.currentCursorPos = this.#position;
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

  /** Up to where to read. Also called from the constructor of `tail`, before there is a file. */
  override latestPosition(): number {
    return #file in this ? this.#sizeBytes : 0;
  }

  #receive(chunk: string): void {
    this.#accept(chunk);
    if (this.#position >= this.currentCursorPos) this.change();
  }

  #accept(chunk: string): void {
    if (this.#closed || !this.#isAsRead()) return;
    this.#position += chunk.length;
    this.#fingerprint = (this.#fingerprint + chunk).slice(-tailLength);
    this.#listener.onChunk(chunk);
  }

  /** Whether the file still holds what was read up to here; its owner is told where it does not. */
  #isAsRead(): boolean {
    const { sizeBytes } = this.#file.status();
    const fingerprint =
      sizeBytes < this.#position ? '' : this.#attempt(() => tailBefore(this.#file, this.#position));
    if (fingerprint === undefined) return false;
    if (fingerprint === this.#fingerprint) {
      this.#sizeBytes = sizeBytes;
      return true;
    }
    this.#listener.onTruncated();
    return false;
  }

  /**
   * `tail` opens the file anew for each block, which is refused once its mode or its owner has
   * been changed. The descriptor that is open already can be read all the same.
   */
  #readDirectly(): void {
    this.queue = [];
    for (let reads = 0; reads < directReads && !this.#closed; reads += 1) {
      const chunk = this.#attempt(() => this.#file.read(this.#position, directReadBytes));
      if (chunk === undefined || chunk === '') return;
      this.#accept(chunk);
    }
  }

  /** A disk or a network file system may fail at any moment. */
  #attempt(read: () => string): string | undefined {
    try {
      return read();
    } catch (error) {
      // What is still on its way in a stream would be taken for what comes next.
      this.close();
      this.#broken = true;
      this.#listener.onFailure(textOf(error));
      return undefined;
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
