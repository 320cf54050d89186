import type { LogPosition } from '../events/log-position.ts';
import { createLineSplitter } from '../parsers/lines.ts';
import type { LineSplitter } from '../parsers/lines.ts';
import type { Clock, Timer } from '../platform/clock.ts';
import type { Files, OpenFile, Watch } from '../platform/files.ts';
import type { Logger } from '../platform/logger.ts';
import { findAgain, nextGeneration } from './generations.ts';
import { InodeReader } from './inode-reader.ts';
import { positionOf } from './log-position.ts';

/** Lines that follow one another in one file, and the position after the last of them. */
export interface LineBatch {
  readonly lines: readonly string[];
  /** Number of the first one in its file, counted from 1. */
  readonly firstLine: number;
  readonly readAt: number;
  readonly position: LogPosition;
}

export interface FollowerStatus {
  readonly path: string;
  /** Why nothing is read; undefined while the file is followed. */
  readonly problem: string | undefined;
  readonly lagBytes: number;
  readonly rotations: number;
  readonly lostBytes: number;
  readonly cutBytes: number;
}

export interface FollowerDependencies {
  readonly files: Files;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onBatch: (batch: LineBatch) => void;
}

/** Notifications can be lost or missing: a slow look repairs that. */
const lookEveryMs = 250;

/** Longer lines are cut; charon's longest are a few KiB. */
const longestLine = 16_384;

/** The file that is being read. */
interface Reading {
  readonly file: OpenFile;
  readonly reader: InodeReader;
  readonly splitter: LineSplitter;
  lines: number;
}

/**
 * One path as one endless stream of lines, across rotation and truncation. The open file is
 * read through its inode; it is left only after the writer has been seen in a newer one, and
 * after one more read to its end.
 */
export class LogFollower {
  readonly #path: string;
  readonly #dependencies: FollowerDependencies;
  #resume: LogPosition | undefined;
  #reading: Reading | undefined;
  #timer: Timer | undefined;
  #watch: Watch | undefined;
  #problem: string | undefined;
  #rotations = 0;
  #lostBytes = 0;
  #cutBytes = 0;
  readonly #caughtUp = Promise.withResolvers<void>();

  constructor(path: string, saved: LogPosition | undefined, dependencies: FollowerDependencies) {
    this.#path = path;
    this.#resume = saved;
    this.#dependencies = dependencies;
  }

  /** Resolves when what was there at the start has been delivered. */
  get caughtUp(): Promise<void> {
    return this.#caughtUp.promise;
  }

  get status(): FollowerStatus {
    const reading = this.#reading;
    const size = reading?.file.status().sizeBytes ?? 0;
    return {
      path: this.#path,
      problem: this.#problem,
      lagBytes: Math.max(0, size - (reading?.reader.position ?? 0)),
      rotations: this.#rotations,
      lostBytes: this.#lostBytes,
      cutBytes: this.#cutBytes + (reading?.splitter.cutBytes ?? 0),
    };
  }

  start(): void {
    this.#look();
    this.#timer = this.#dependencies.clock.every(lookEveryMs, () => this.#look());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#watch?.close();
    this.#leave();
  }

  #look(): void {
    if (this.#watch === undefined || this.#watch.failure !== undefined) this.#watchDirectory();
    if (this.#reading === undefined) this.#begin();
    else this.#reading.reader.change();
    while (this.#isAtEnd() && this.#advance());
    if (this.#isAtEnd()) this.#caughtUp.resolve();
  }

  #isAtEnd(): boolean {
    return this.#reading === undefined || this.#reading.reader.isIdle;
  }

  #watchDirectory(): void {
    const slash = this.#path.lastIndexOf('/');
    const base = this.#path.slice(slash + 1);
    this.#watch = this.#dependencies.files.watchDirectory(
      this.#path.slice(0, slash) || '/',
      (name) => {
        if (name.startsWith(base)) this.#look();
      },
    );
  }

  /** Opens the first file to read: where the stored position points to, or the live one. */
  #begin(): void {
    const { files } = this.#dependencies;
    const resume = this.#resume;
    if (resume === undefined) {
      this.#open(this.#path, 0, 0);
      return;
    }
    const found = findAgain(resume, files);
    if (found !== undefined) {
      if (this.#open(found, resume.offset, resume.lines)) this.#resume = undefined;
      return;
    }
    // The file is gone, or no longer holds what was read: go on with the oldest newer one.
    const next = nextGeneration(this.#path, { ...resume, inode: -1 }, files) ?? this.#path;
    if (!this.#open(next, 0, 0)) return;
    this.#resume = undefined;
    if (resume.offset > 0) this.#rotations += 1;
  }

  #open(path: string, offset: number, lines: number): boolean {
    const { files, logger } = this.#dependencies;
    const opened = files.open(path);
    if (!opened.ok) {
      const { reason, detail } = opened;
      if (detail !== this.#problem) {
        logger.warn({ file: path, reason }, `not followed until that changes: ${detail}`);
      }
      this.#problem = detail;
      return false;
    }
    if (this.#problem !== undefined) logger.info({ file: path }, `following ${path}`);
    this.#problem = undefined;
    this.#follow(opened.file, offset, lines);
    return true;
  }

  #follow(file: OpenFile, offset: number, lines: number): void {
    const { logger } = this.#dependencies;
    const reader = new InodeReader(file, {
      onChunk: (chunk) => this.#deliver(chunk),
      onTruncated: () => this.#restart(),
      onFailure: (detail) => logger.warn({ file: this.#path }, `${this.#path}: ${detail}`),
    });
    this.#reading = { file, reader, splitter: createLineSplitter(longestLine), lines };
    reader.start(offset);
  }

  #deliver(chunk: string): void {
    const reading = this.#reading;
    if (reading === undefined) return;
    this.#emit(reading, reading.splitter.push(chunk));
    // What else has happened to the name meanwhile need not wait for the slow look.
    if (reading.reader.isIdle) queueMicrotask(() => this.#look());
  }

  #emit(reading: Reading, lines: readonly string[]): void {
    if (lines.length === 0) return;
    const firstLine = reading.lines + 1;
    reading.lines += lines.length;
    const offset = reading.reader.position - reading.splitter.pendingBytes;
    const { clock, onBatch } = this.#dependencies;
    const position = positionOf(this.#path, reading.file, offset, reading.lines);
    onBatch({ lines, firstLine, readAt: clock.now(), position });
  }

  /** Goes on with the next file, if there is one and this one has nothing more to give. */
  #advance(): boolean {
    const reading = this.#reading;
    if (reading === undefined) return false;
    const next = nextGeneration(this.#path, reading.file.status(), this.#dependencies.files);
    if (next === undefined) return false;
    // The writer may have used its last moment with the old file: one more read.
    reading.reader.change();
    if (!reading.reader.isIdle) return false;
    this.#emit(reading, reading.splitter.flush());
    this.#leave();
    this.#rotations += 1;
    return this.#open(next, 0, 0);
  }

  /** The same file begins anew: the half line that waits belongs to what is gone. */
  #restart(): void {
    const reading = this.#reading;
    if (reading === undefined) return;
    this.#lostBytes += reading.splitter.pendingBytes;
    this.#rotations += 1;
    const { file } = reading;
    reading.reader.close();
    this.#cutBytes += reading.splitter.cutBytes;
    this.#follow(file, 0, 0);
  }

  #leave(): void {
    if (this.#reading === undefined) return;
    this.#cutBytes += this.#reading.splitter.cutBytes;
    this.#reading.reader.close();
    this.#reading.file.close();
    this.#reading = undefined;
  }
}
