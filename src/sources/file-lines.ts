import type { LogPosition } from '../events/log-position.ts';
import { createLineSplitter } from '../parsers/lines.ts';
import type { LineSplitter } from '../parsers/lines.ts';
import type { Clock } from '../platform/clock.ts';
import type { OpenFile } from '../platform/open-file.ts';
import { InodeReader } from './inode-reader.ts';
import { headLength, positionOf, tailLength } from './log-position.ts';
import type { Place } from './log-position.ts';

/** Longer lines are cut; charon's longest are a few KiB. */
const longestLine = 16_384;

/** What the reading of one file tells its owner. */
export interface FileLinesListener {
  /** Whole lines, and the position after the last of them. */
  onLines(lines: readonly string[], position: LogPosition): void;
  /** Everything that was there has been delivered, or the file was truncated. */
  onEnd(): void;
  /** The file cannot be read; the next look tries again. */
  onFailure(detail: string): void;
}

/** One open file as lines, from an offset on, whatever becomes of its name; owns the descriptor. */
export class FileLines {
  readonly file: OpenFile;
  readonly #path: string;
  readonly #listener: FileLinesListener;
  #reader: InodeReader;
  #deaf: string | undefined;
  #lines: number;
  #head: string;
  /** The last bytes before the position, and before the end of the last whole line. */
  #recent: string;
  #tail: string;
  /** What the file began with before anything was read of it. */
  readonly #peeked: string;
  #failures = 0;
  #isTruncated = false;
  readonly #begin: number;
  readonly #notBefore: number;
  readonly #clock: Pick<Clock, 'breathe'>;
  readonly #splitter: LineSplitter = createLineSplitter(longestLine);

  constructor(
    {
      path,
      file,
      place,
      notBefore,
    }: {
      readonly path: string;
      readonly file: OpenFile;
      readonly place: Place;
      /** Other files that were written to at this moment or before have nothing more to give. */
      readonly notBefore: number;
    },
    clock: Pick<Clock, 'breathe'>,
    listener: FileLinesListener,
  ) {
    this.#path = path;
    this.file = file;
    this.#clock = clock;
    this.#lines = place.lines;
    this.#head = place.offset === 0 ? '' : place.head;
    this.#peeked = place.offset === 0 ? place.head : '';
    this.#tail = place.tail;
    this.#recent = place.tail;
    this.#listener = listener;
    this.#reader = this.#createReader();
    this.#begin = place.offset;
    this.#notBefore = notBefore;
  }

  /** Begins to read. */
  start(): void {
    this.#deaf = this.#reader.start(this.#begin, this.#peeked || this.#recent);
  }

  /** Why there are no notifications: then only looks find what is new. */
  get deaf(): string | undefined {
    return this.#deaf;
  }

  /** It does not hold any more what was read. Nothing more comes: its owner has to begin anew. */
  get isTruncated(): boolean {
    return this.#isTruncated;
  }

  /** Everything that is there has been delivered. */
  get isAtEnd(): boolean {
    return !this.#reader.isBroken && !this.#isTruncated && this.#reader.isIdle;
  }

  /** Attempts to read that have failed since the last one that did not. */
  get failures(): number {
    return this.#failures;
  }

  get unreadBytes(): number {
    return Math.max(0, this.file.status().sizeBytes - this.#reader.position);
  }

  /** Bytes that wait for their newline. */
  get pendingBytes(): number {
    return this.#splitter.pendingBytes;
  }

  get cutBytes(): number {
    return this.#splitter.cutBytes;
  }

  /** The place behind the last whole line. */
  get offset(): number {
    return this.#reader.position - this.#splitter.pendingBytes;
  }

  get lines(): number {
    return this.#lines;
  }

  /** Size of the file when it last held what was read. */
  get seenBytes(): number {
    return this.#reader.seen.sizeBytes;
  }

  get position(): LogPosition {
    const { offset } = this;
    const place = {
      offset,
      lines: this.#lines,
      head: offset === 0 ? this.#peeked : this.#head.slice(0, offset),
      tail: this.#tail,
    };
    // While a file is being truncated it has its new size already and its old time of writing yet.
    const modifiedAt = Math.max(this.#reader.seen.modifiedAt, this.#notBefore);
    return positionOf(this.#path, { ...this.#reader.seen, modifiedAt }, place);
  }

  /** Looks whether there is more. */
  look(): void {
    if (!this.#reader.isBroken) {
      this.#reader.change();
      return;
    }
    const { position } = this.#reader;
    this.#reader = this.#createReader();
    this.#deaf = this.#reader.start(position, this.#recent);
  }

  /** The file gets no more: what waits for its newline is a line of its own. */
  flush(): void {
    const lines = this.#splitter.flush();
    this.#tail = this.#recent;
    this.#deliver(lines);
  }

  /** Reads no more; the file stays open. */
  release(): OpenFile {
    this.#reader.close();
    return this.file;
  }

  #createReader(): InodeReader {
    return new InodeReader(this.file, this.#clock, {
      onChunk: (chunk) => this.#take(chunk),
      onEnd: () => this.#listener.onEnd(),
      onTruncated: () => {
        this.#isTruncated = true;
        this.#listener.onEnd();
      },
      onFailure: (detail) => this.#fail(detail),
    });
  }

  #take(chunk: string): void {
    this.#failures = 0;
    if (this.#head.length < headLength) this.#head = (this.#head + chunk).slice(0, headLength);
    const end = chunk.lastIndexOf('\n') + 1;
    if (end > 0) this.#tail = (this.#recent + chunk.slice(0, end)).slice(-tailLength);
    this.#recent = (this.#recent + chunk).slice(-tailLength);
    this.#deliver(this.#splitter.push(chunk));
  }

  #deliver(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#lines += lines.length;
    this.#listener.onLines(lines, this.position);
  }

  #fail(detail: string): void {
    this.#failures += 1;
    this.#listener.onFailure(detail);
  }
}
