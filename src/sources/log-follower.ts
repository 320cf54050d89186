import type { LogPosition } from '../events/log-position.ts';
import type { Clock, Timer } from '../platform/clock.ts';
import type { Files, OpenFile, Watch } from '../platform/files.ts';
import type { Logger } from '../platform/logger.ts';
import { FileLines } from './file-lines.ts';
import { beginAfter, listGenerations, newerThan, splitPath } from './generations.ts';
import type { Beginning } from './generations.ts';
import { alreadyRead, beginning, isSameInode, placeIn, positionBefore } from './log-position.ts';
import type { Place } from './log-position.ts';

/** Lines that follow one another in one file, and the position after the last of them. */
export interface LineBatch {
  /** None where a file has been opened for the first time. */
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

/** So many newer files are held open while an older one is read. */
const mostHeld = 64;

/** A file that cannot be read is given up after so many attempts, once there is a newer one. */
const mostFailures = 20;

/** Times of writing are no finer than this: the kernel takes them from its tick. */
const kernelTickMs = 10;

/** Why the next file cannot be opened, and why this one cannot be read. */
interface Problems {
  opening: string | undefined;
  reading: string | undefined;
}

/**
 * One path as one endless stream of lines, across rotation and truncation. The open file is
 * read through its inode; it is left only after the writer has been seen in a newer one, and
 * after one more read to its end. Newer files are opened the moment they are seen: before their
 * turn comes they may be renamed or deleted.
 */
export class LogFollower {
  readonly #path: string;
  readonly #dependencies: FollowerDependencies;
  #resume: LogPosition | undefined;
  #current: FileLines | undefined;
  /** Newer files than the current one, oldest first. */
  readonly #held: OpenFile[] = [];
  #timer: Timer | undefined;
  #watch: Watch | undefined;
  #stopped = false;
  readonly #problems: Problems = { opening: undefined, reading: undefined };
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
    const held = this.#held.map((file) => file.status().sizeBytes);
    return {
      path: this.#path,
      problem: this.#problems.reading ?? this.#problems.opening,
      lagBytes: held.reduce((sum, bytes) => sum + bytes, this.#current?.unreadBytes ?? 0),
      rotations: this.#rotations,
      lostBytes: this.#lostBytes,
      cutBytes: this.#cutBytes + (this.#current?.cutBytes ?? 0),
    };
  }

  start(): void {
    this.#look();
    this.#timer = this.#dependencies.clock.every(lookEveryMs, () => this.#look());
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#watch?.close();
    this.#leave();
    for (const file of this.#held.splice(0)) file.close();
  }

  #look(): void {
    if (this.#stopped) return;
    this.#watchDirectory();
    try {
      if (this.#current === undefined) this.#begin();
      else this.#current.look();
      this.#discover();
      while (this.#isDone() && this.#advance());
    } catch (error) {
      // A disk or a network file system may fail at any moment: the next look tries again.
      if (!isSystemError(error)) throw error;
      this.#complain('reading', error.message);
    }
    if (this.#isDone()) this.#caughtUp.resolve();
  }

  #isDone(): boolean {
    const current = this.#current;
    return current === undefined || current.isAtEnd || current.failures > mostFailures;
  }

  #watchDirectory(): void {
    const { directory, base } = splitPath(this.#path);
    if (this.#watch?.isOn(directory) ?? false) return;
    this.#watch?.close();
    this.#watch = this.#dependencies.files.watchDirectory(directory, (name, isRename) => {
      // A write is news only in a file that waits for its first one: others have a watch each.
      if (isRename ? name.startsWith(base) : name === base && this.#held.length > 0) this.#look();
    });
  }

  /** Opens the first file to read: where the stored position points to, or the live one. */
  #begin(): void {
    const { files } = this.#dependencies;
    const resume = this.#resume;
    if (resume === undefined) {
      const file = this.#open(this.#path);
      if (file === undefined) this.#beginLater();
      else this.#beginWith({ file, place: beginning }, 0);
      return;
    }
    const generations = listGenerations(this.#path, files);
    const found = generations && beginAfter(resume, generations, files);
    if (found !== undefined) this.#beginWith(found, resume.offset);
    // Says why not; has it appeared only this moment, the next look takes it in its turn.
    else this.#open(this.#path)?.close();
  }

  /** Nothing to read yet; but the log may come into being and be rotated before the next look. */
  #beginLater(): void {
    const { files } = this.#dependencies;
    if (files.status(this.#path) !== undefined) return;
    const changedAt = files.status(splitPath(this.#path).directory)?.modifiedAt ?? 0;
    this.#resume = positionBefore(this.#path, changedAt - kernelTickMs);
    this.#emit([], this.#resume);
  }

  #beginWith({ file, place }: Beginning, readBytes: number): void {
    this.#resume = undefined;
    const { position } = this.#follow(file, place);
    if (place.offset > 0) return;
    // So that a restart knows this file even if it is rotated before its first line has come.
    this.#emit([], position);
    if (readBytes === 0) return;
    this.#rotations += 1;
    const text = `what had been read up to byte ${readBytes} is gone, and what came after it`;
    const { logger } = this.#dependencies;
    logger.warn({ file: this.#path }, `${this.#path}: ${text}; going on with what is there`);
  }

  #open(path: string): OpenFile | undefined {
    const opened = this.#dependencies.files.open(path);
    if (opened.ok) return opened.file;
    this.#complain('opening', opened.detail);
    return undefined;
  }

  #complain(what: keyof Problems, detail: string): void {
    const text = `not followed until that changes: ${detail}`;
    if (detail !== this.#problems[what]) {
      this.#dependencies.logger.warn({ file: this.#path }, text);
    }
    this.#problems[what] = detail;
  }

  #recover(what: keyof Problems): void {
    if (this.#problems[what] === undefined) return;
    this.#problems[what] = undefined;
    this.#dependencies.logger.info({ file: this.#path }, `following ${this.#path}`);
  }

  #follow(file: OpenFile, place: Place): FileLines {
    const { logger } = this.#dependencies;
    this.#recover('opening');
    const current = new FileLines(this.#path, file, place, {
      onLines: (batch, position) => {
        this.#recover('reading');
        this.#emit(batch, position);
      },
      // What else has happened to the name meanwhile need not wait for the slow look.
      onEnd: () => queueMicrotask(() => this.#look()),
      onTruncated: (lostBytes) => {
        this.#rotations += 1;
        this.#lostBytes += lostBytes;
      },
      onFailure: (detail) => this.#complain('reading', detail),
    });
    this.#current = current;
    if (current.deaf !== undefined) {
      const text = `no notifications, looking now and then: ${current.deaf}`;
      logger.debug({ file: this.#path }, text);
    }
    return current;
  }

  #emit(lines: readonly string[], position: LogPosition): void {
    const { clock, onBatch } = this.#dependencies;
    const firstLine = position.lines - lines.length + 1;
    onBatch({ lines, firstLine, readAt: clock.now(), position });
  }

  /** Opens the files that have come after the newest one that is known. */
  #discover(): void {
    const { files } = this.#dependencies;
    if (this.#current === undefined) return;
    const open = [this.#current.file, ...this.#held].map((file) => file.status());
    const live = files.status(this.#path);
    if (live !== undefined && isSameInode(live, open.at(-1)!)) return;
    const generations = listGenerations(this.#path, files) ?? [];
    for (const { path, status } of newerThan(open, generations, this.#path)) {
      const file = this.#open(path);
      if (file === undefined) return;
      // Renamed since it was listed: the next look sees what has become of it.
      if (!isSameInode(file.status(), status) || !this.#hold(file)) {
        file.close();
        return;
      }
      this.#recover('opening');
    }
  }

  /** There is room for a bounded number; empty ones have the least to lose. */
  #hold(file: OpenFile): boolean {
    if (this.#held.length >= mostHeld) {
      const empty = this.#held.findIndex((one) => one.status().sizeBytes === 0);
      if (empty === -1) return false;
      for (const one of this.#held.splice(empty, 1)) one.close();
    }
    this.#held.push(file);
    return true;
  }

  /** Goes on with the next file that was written to, if this one has nothing more to give. */
  #advance(): boolean {
    const current = this.#current;
    const next = this.#held.findIndex((file) => file.status().sizeBytes > 0);
    const file = this.#held[next];
    if (current === undefined || file === undefined) return false;
    // The writer may have used its last moment with the old file: one more read.
    current.look();
    if (!this.#isDone()) return false;
    const offset = alreadyRead(file, current.file, current.offset);
    const place = placeIn(file, offset, offset === current.offset ? current.lines : 0);
    if (offset === 0) current.flush();
    this.#lostBytes += current.unreadBytes;
    this.#rotations += 1;
    this.#leave();
    const [, ...passed] = this.#held.splice(0, next + 1).toReversed();
    for (const empty of passed) empty.close();
    this.#follow(file, place);
    return true;
  }

  #leave(): void {
    this.#cutBytes += this.#current?.cutBytes ?? 0;
    this.#current?.close();
    this.#current = undefined;
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
