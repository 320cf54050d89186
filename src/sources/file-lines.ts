import type { LogPosition } from '../events/log-position.ts';
import { createLineSplitter } from '../parsers/lines.ts';
import type { LineSplitter } from '../parsers/lines.ts';
import type { OpenFile } from '../platform/files.ts';
import { InodeReader } from './inode-reader.ts';
import { headLength, positionOf, tailLength } from './log-position.ts';
import type { Place } from './log-position.ts';

/** Longer lines are cut; charon's longest are a few KiB. */
const longestLine = 16_384;

/** What the reading of one file tells its owner. */
export interface FileLinesListener {
  /** Whole lines, and the position after the last of them. */
  onLines(lines: readonly string[], position: LogPosition): void;
  /** Everything that was there has been delivered. */
  onEnd(): void;
  /** The file was truncated and begins anew; so many bytes of it were never seen as lines. */
  onTruncated(lostBytes: number): void;
  /** The file cannot be read; the next look tries again. */
  onFailure(detail: string): void;
}

/** One open file as lines, from an offset on, whatever becomes of its name; owns the descriptor. */
export class FileLines {
  readonly file: OpenFile;
  readonly #path: string;
  readonly #listener: FileLinesListener;
  #splitter: LineSplitter = createLineSplitter(longestLine);
  #reader: InodeReader;
  #deaf: string | undefined;
  #lines: number;
  #head: string;
  /** The last bytes before the position, and before the end of the last whole line. */
  #recent: string;
  #tail: string;
  #failures = 0;
  #cutBytes = 0;

  constructor(path: string, file: OpenFile, place: Place, listener: FileLinesListener) {
    this.#path = path;
    this.file = file;
    this.#lines = place.lines;
    this.#head = place.head;
    this.#tail = place.tail;
    this.#recent = place.tail;
    this.#listener = listener;
    this.#reader = this.#createReader(place.offset);
  }

  /** Why there are no notifications: then only looks find what is new. */
  get deaf(): string | undefined {
    return this.#deaf;
  }

  /** Everything that is there has been delivered. */
  get isAtEnd(): boolean {
    return !this.#reader.isBroken && this.#reader.isIdle;
  }

  /** Attempts to read that have failed since the last one that did not. */
  get failures(): number {
    return this.#failures;
  }

  get unreadBytes(): number {
    return Math.max(0, this.file.status().sizeBytes - this.#reader.position);
  }

  get cutBytes(): number {
    return this.#cutBytes + this.#splitter.cutBytes;
  }

  /** The place behind the last whole line. */
  get offset(): number {
    return this.#reader.position - this.#splitter.pendingBytes;
  }

  get lines(): number {
    return this.#lines;
  }

  get position(): LogPosition {
    const { offset } = this;
    const place = {
      offset,
      lines: this.#lines,
      head: this.#head.slice(0, offset),
      tail: this.#tail,
    };
    return positionOf(this.#path, this.file.status(), place);
  }

  /** Looks whether there is more. */
  look(): void {
    if (this.#reader.isBroken) this.#reader = this.#createReader(this.#reader.position);
    else this.#reader.change();
  }

  /** The file gets no more: what waits for its newline is a line of its own. */
  flush(): void {
    const lines = this.#splitter.flush();
    this.#tail = this.#recent;
    this.#deliver(lines);
  }

  close(): void {
    this.#reader.close();
    this.file.close();
  }

  #createReader(position: number): InodeReader {
    const reader = new InodeReader(this.file, {
      onChunk: (chunk) => this.#take(chunk),
      onTruncated: () => this.#restart(),
      onFailure: (detail) => this.#fail(detail),
    });
    this.#deaf = reader.start(position, this.#recent);
    return reader;
  }

  #take(chunk: string): void {
    this.#failures = 0;
    if (this.#head.length < headLength) this.#head = (this.#head + chunk).slice(0, headLength);
    const end = chunk.lastIndexOf('\n') + 1;
    if (end > 0) this.#tail = (this.#recent + chunk.slice(0, end)).slice(-tailLength);
    this.#recent = (this.#recent + chunk).slice(-tailLength);
    this.#deliver(this.#splitter.push(chunk));
    if (this.#reader.isIdle) this.#listener.onEnd();
  }

  #deliver(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#lines += lines.length;
    this.#listener.onLines(lines, this.position);
  }

  /** The half line that waits belongs to what is gone. */
  #restart(): void {
    const lostBytes = this.#reader.sizeBytes - this.offset;
    this.#cutBytes += this.#splitter.cutBytes;
    this.#splitter = createLineSplitter(longestLine);
    this.#reader.close();
    this.#lines = 0;
    this.#head = '';
    this.#recent = '';
    this.#tail = '';
    this.#listener.onTruncated(lostBytes);
    this.#reader = this.#createReader(0);
  }

  #fail(detail: string): void {
    this.#failures += 1;
    this.#listener.onFailure(detail);
  }
}
