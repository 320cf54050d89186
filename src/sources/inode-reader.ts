import { Tail } from 'tail';
import type { Clock } from '../platform/clock.ts';
import type { FileStatus, OpenFile } from '../platform/open-file.ts';
import { tailBefore, tailLength } from './log-position.ts';

/** What an inode reader tells its owner. */
export interface InodeReaderListener {
  /** Bytes in their order, one character a byte. */
  onChunk(chunk: string): void;
  /**
   * The file is not any more the one that was read: truncated, or truncated and written anew. That
   * may also be where it was empty and is not any more. Nothing more comes from this reader.
   */
  onTruncated(): void;
  /** The file cannot be read; nothing more comes from this reader. */
  onFailure(detail: string): void;
}

/** What is read at once; others have a turn before the next block. */
const blockBytes = 65_536;

/**
 * `tail` bound to one open file instead of a name. Followed by name it loses the rest of a
 * rotated file and whatever comes after a late re-creation; here it gets a path through
 * /proc/self/fd, which leads to the same inode whatever its name becomes, and everything that
 * it does about names is switched off. It watches; blocks are read through the descriptor, at once:
 * what `tail` reads in a stream of its own comes later, may come from after a truncation, and not
 * at all once the file may not be opened any more. What a rotation means is the log follower's
 * business.
 */
export class InodeReader extends Tail {
  readonly #file: OpenFile;
  readonly #clock: Pick<Clock, 'breathe'>;
  readonly #listener: InodeReaderListener;
  #position = 0;
  /**
   * The last bytes before the position, at the beginning the first ones after it: a file that was
   * written anew has others there.
   */
  #fingerprint = '';
  #seen: FileStatus;
  #isResting = false;
  #closed = false;
  #broken = false;

  constructor(file: OpenFile, clock: Pick<Clock, 'breathe'>, listener: InodeReaderListener) {
    super(file.descriptorPath, { follow: false });
    this.#file = file;
    this.#clock = clock;
    this.#listener = listener;
    this.#seen = file.status();
  }

  /** Bytes delivered so far, counted from the beginning of the file. */
  get position(): number {
    return this.#position;
  }

  /** It has failed: another one has to go on from the position. */
  get isBroken(): boolean {
    return this.#broken;
  }

  /** The file when it was last seen to be still the same. */
  get seen(): FileStatus {
    return this.#seen;
  }

  /** Everything that is there has been delivered. */
  get isIdle(): boolean {
    return this.#position >= this.#file.status().sizeBytes;
  }

  /**
   * Begins to read and to watch, behind a position and the bytes that stand before it, or at the
   * beginning, where the file began with the given bytes when that was last seen. Returns why
   * there are no notifications, where there are none: the owner's looks make up for them.
   */
  start(position: number, fingerprint: string): string | undefined {
    this.#position = position;
    this.#fingerprint = fingerprint;
    let deaf: string | undefined;
    try {
      super.watch(position, false);
    } catch (error) {
      deaf = textOf(error);
    }
    this.change();
    return deaf;
  }

  /** Looks whether there is more; called on each notification and by the owner's slow look. */
  override change(): void {
    if (this.#closed || this.#isResting || !this.#isAsRead()) return;
    const chunk = this.#attempt(() => this.#file.read(this.#position, blockBytes));
    // What was read may be of another file, if that was written within the moment. It is not
    // where the file is too short for it: it was truncated only after the block had been read.
    if (chunk === undefined || chunk === '' || !(this.#isTooShort() || this.#isAsRead())) return;
    this.#fingerprint = (this.#position === 0 ? chunk : this.#fingerprint + chunk).slice(
      -tailLength,
    );
    this.#position += chunk.length;
    this.#listener.onChunk(chunk);
    if (!this.#closed && !this.isIdle) void this.#rest();
  }

  close(): void {
    this.#closed = true;
    this.unwatch();
  }

  /** `tail` calls this from its constructor, before there is a position. */
  override watch(): void {
    // Watching begins with `start`.
  }

  override rename(): void {
    // The name changed, the file did not.
  }

  /** Only the constructor of `tail` asks. */
  override latestPosition(): number {
    return 0;
  }

  async #rest(): Promise<void> {
    this.#isResting = true;
    await this.#clock.breathe();
    this.#isResting = false;
    this.change();
  }

  #readFingerprint(): string {
    if (this.#position === 0) return this.#file.read(0, this.#fingerprint.length);
    return tailBefore(this.#file, this.#position);
  }

  #isTooShort(): boolean {
    return this.#file.status().sizeBytes < this.#position;
  }

  /** Whether the file still holds what was read up to here; its owner is told where it does not. */
  #isAsRead(): boolean {
    const status = this.#file.status();
    const fingerprint =
      status.sizeBytes < this.#position ? '' : this.#attempt(() => this.#readFingerprint());
    if (fingerprint === undefined) return false;
    const { sizeBytes, modifiedAt } = this.#seen;
    const wasEmpty = sizeBytes === 0 && (status.sizeBytes > 0 || status.modifiedAt !== modifiedAt);
    if (fingerprint === this.#fingerprint && !wasEmpty) {
      this.#seen = status;
      return true;
    }
    this.close();
    this.#listener.onTruncated();
    return false;
  }

  /** A disk or a network file system may fail at any moment. */
  #attempt(read: () => string): string | undefined {
    try {
      return read();
    } catch (error) {
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
