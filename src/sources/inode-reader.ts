import { Tail } from 'tail';
import type { Clock } from '../platform/clock.ts';
import type { FileStatus, OpenFile } from '../platform/open-file.ts';
import { tailBefore, tailLength } from './log-position.ts';

/** What an inode reader tells its owner. */
export interface InodeReaderListener {
  /** Bytes in their order, one character a byte. */
  onChunk(chunk: string): void;
  /** Everything that was there has been delivered. */
  onEnd(): void;
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

  /**
   * Looks whether there is more; called on each notification and by the owner's slow look. What is
   * there is read before anything else is asked: it may be truncated the next moment.
   */
  override change(): void {
    if (this.#closed || this.#isResting) return;
    const before = this.#position === 0 ? 0 : this.#fingerprint.length;
    const block = this.#attempt(() =>
      this.#file.read(this.#position - before, before + blockBytes),
    );
    if (block === undefined) return;
    const chunk = block.slice(before);
    if (!block.startsWith(this.#fingerprint) || !this.#isStill(chunk)) {
      this.#endTruncated();
      return;
    }
    if (chunk === '' || this.#broken) return;
    this.#fingerprint = (this.#position === 0 ? chunk : this.#fingerprint + chunk).slice(
      -tailLength,
    );
    this.#position += chunk.length;
    this.#listener.onChunk(chunk);
    if (this.#closed) return;
    if (this.isIdle) this.#listener.onEnd();
    else void this.#rest();
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

  /**
   * Whether a chunk was read of the file that was read before: that may have been truncated and
   * written anew within the moment. It was not where it is too short by now for what was read: then
   * it was truncated only after that.
   */
  #isStill(chunk: string): boolean {
    const status = this.#file.status();
    const { sizeBytes, modifiedAt } = this.#seen;
    const end = this.#position + chunk.length;
    if (sizeBytes === 0 && (status.sizeBytes > 0 || status.modifiedAt !== modifiedAt)) return false;
    if (status.sizeBytes < end) {
      this.#seen = { ...this.#seen, sizeBytes: end };
      return true;
    }
    if (chunk !== '' && this.#position > 0) {
      const again = this.#attempt(() => tailBefore(this.#file, this.#position));
      if (again !== undefined && again !== this.#fingerprint) {
        this.#seen = { ...this.#seen, sizeBytes: end };
        return false;
      }
    }
    this.#seen = status;
    return true;
  }

  #endTruncated(): void {
    this.close();
    this.#listener.onTruncated();
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
