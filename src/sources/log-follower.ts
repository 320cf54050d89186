import type { LogPosition } from '../events/log-position.ts';
import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import type { FileStatus, OpenFile } from '../platform/open-file.ts';
import type { Logger } from '../platform/logger.ts';
import { Copies } from './copies.ts';
import { DirectoryWatch } from './directory-watch.ts';
import { FileLines } from './file-lines.ts';
import type { FollowerStatus, LineBatch } from './follower-report.ts';
import { FollowerProblems, systemErrorText } from './follower-problems.ts';
import { copiesOf, findAfter, listGenerations, placeInUnpacked, splitPath } from './generations.ts';
import type { Generation } from './generations.ts';
import { alreadyRead, beginning, isSameInode, placeIn, positionBefore } from './log-position.ts';
import type { Place } from './log-position.ts';
import { LookTimer } from './look-timer.ts';
import { NewerFiles } from './newer-files.ts';
import { Unpacker } from './unpacker.ts';

export interface FollowerDependencies {
  readonly files: Files;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where compressed generations are unpacked. */
  readonly spoolDirectory: string;
  readonly onBatch: (batch: LineBatch) => void;
}

/** Notifications can be lost: a slow look repairs that. Where there are none, a quick one. */
const lookEveryMs = 250;
const pollEveryMs = 50;

/** A file that cannot be read is given up after so many attempts, once there is a newer one. */
const mostFailures = 20;

/** Where to go on. */
interface Resume {
  readonly position: LogPosition;
  /** How large the file was when it was last as it had been read; undefined after a restart. */
  readonly seenBytes: number | undefined;
}

/**
 * One path as one endless stream of lines, across rotation and truncation. The open file is
 * read through its inode; it is left only after the writer has been seen in a newer one, and
 * after one more read to its end. Newer files are opened the moment they are seen. A file that was
 * truncated is looked for as after a restart: a copy that holds the position has the rest.
 */
export class LogFollower {
  readonly #path: string;
  readonly #dependencies: FollowerDependencies;
  #resume: Resume | undefined;
  #current: FileLines | undefined;
  readonly #newer = new NewerFiles();
  readonly #copies = new Copies();
  readonly #unpacker: Unpacker;
  readonly #timer: LookTimer;
  readonly #watch: DirectoryWatch;
  /** More could not be done before the open file has been read to its end. */
  #isLookDue = true;
  #stopped = false;
  readonly #problems: FollowerProblems;
  #rotations = 0;
  #lostBytes = 0;
  #cutBytes = 0;
  readonly #caughtUp = Promise.withResolvers<void>();

  constructor(path: string, saved: LogPosition | undefined, dependencies: FollowerDependencies) {
    this.#path = path;
    this.#resume = saved && { position: saved, seenBytes: undefined };
    this.#dependencies = dependencies;
    this.#problems = new FollowerProblems(path, dependencies.logger);
    this.#timer = new LookTimer(dependencies.clock, () => this.#look());
    this.#watch = new DirectoryWatch(path, dependencies.files, {
      onRename: () => this.#look(),
      // That is news only in a file that waits for its first line: others have a watch each.
      onWrite: () => {
        if (!this.#newer.isEmpty) this.#look();
      },
    });
    this.#unpacker = new Unpacker(dependencies.spoolDirectory, (detail, file) => {
      this.#lostBytes += dependencies.files.status(file.descriptorPath)?.sizeBytes ?? 0;
      this.#problems.warn(`a compressed part of ${path} ${detail}`);
    });
  }

  /** Resolves when what was there at the start has been delivered. */
  get caughtUp(): Promise<void> {
    return this.#caughtUp.promise;
  }

  get status(): FollowerStatus {
    return {
      path: this.#path,
      problem: this.#problems.current,
      lagBytes: this.#newer.sizeBytes + (this.#current?.unreadBytes ?? 0),
      rotations: this.#rotations,
      lostBytes: this.#lostBytes,
      cutBytes: this.#cutBytes + (this.#current?.cutBytes ?? 0),
    };
  }

  start(): void {
    this.#timer.every(lookEveryMs);
    this.#look();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer.cancel();
    this.#watch.close();
    if (this.#current !== undefined) this.#leave(this.#current).close();
    // What is being unpacked is closed after that.
    const { current } = this.#unpacker;
    if (current !== undefined) this.#newer.replace(current, []);
    this.#newer.close();
  }

  #look(): void {
    if (this.#stopped) return;
    this.#watch.renew();
    try {
      this.#current?.look();
      if (this.#current?.isTruncated) this.#startOver(this.#current);
      if (this.#current === undefined) this.#begin();
      for (let isKnown = this.#discover(); isKnown && this.#isDone() && this.#advance();)
        isKnown = this.#discover();
    } catch (error) {
      // A disk or a network file system may fail at any moment: the next look tries again.
      this.#problems.begin('reading', systemErrorText(error));
    }
    const isDone = this.#isDone();
    if (isDone) this.#caughtUp.resolve();
    this.#isLookDue = !isDone || !this.#newer.isEmpty;
  }

  #isDone(): boolean {
    if (this.#unpacker.current !== undefined) return false;
    const current = this.#current;
    return current === undefined || current.isAtEnd || current.failures > mostFailures;
  }

  /** What a truncated file held may be in a copy. The file itself comes after that. */
  #startOver(truncated: FileLines): void {
    this.#resume = { position: truncated.position, seenBytes: truncated.seenBytes };
    this.#newer.putFirst(this.#leave(truncated));
  }

  /** Opens the first file to read: where the position points to, or the live one. */
  #begin(): void {
    const resume = this.#resume;
    if (this.#unpacker.current !== undefined) return;
    if (resume === undefined) {
      const file = this.#open(this.#path);
      if (file === undefined) this.#beginLater();
      else this.#beginWith(file, beginning);
      return;
    }
    const isRestart = this.#newer.isEmpty;
    const truncated = this.#newer.first;
    const anew = truncated && placeIn(truncated, 0, 0);
    let copies: readonly Generation[] = [];
    const list = (): readonly Generation[] | undefined => {
      const listed = this.#generations();
      if (isRestart || listed === undefined) return listed;
      copies = copiesOf(this.#newer.statuses(), listed, this.#path, resume.seenBytes === 0);
      return copies;
    };
    const found = findAfter(resume.position, list, this.#dependencies.files);
    if (typeof found === 'object' && found.place === undefined) {
      // What is deleted before that is done is to be read all the same.
      if (isRestart) this.#discoverAfter(found.file.status());
      this.#unpackFirst(found.file, resume.position, isRestart);
    } else if (typeof found === 'object') this.#beginWith(found.file, found.place!);
    else if (found === 'none' && truncated !== undefined && anew !== undefined) {
      // No copy has more than was read.
      if (resume.seenBytes !== 0) this.#rotations += 1;
      this.#newer.take(truncated);
      this.#copies.pass(copies.map(({ status }) => status));
      this.#beginWith(truncated, anew);
    }
    // Says why not; has it appeared only this moment, the next look takes it in its turn.
    else if (isRestart) this.#open(this.#path)?.close();
  }

  /** Nothing to read yet; but the log may come into being and be rotated before the next look. */
  #beginLater(): void {
    const { files } = this.#dependencies;
    if (files.status(this.#path) !== undefined) return;
    const changedAt = files.status(splitPath(this.#path).directory)?.modifiedAt ?? 0;
    const position = positionBefore(this.#path, changedAt);
    this.#resume = { position, seenBytes: undefined };
    this.#emit([], position);
  }

  #beginWith(file: OpenFile, place: Place): void {
    const resume = this.#resume;
    this.#resume = undefined;
    if (resume !== undefined) this.#account(resume, file, place);
    const current = this.#follow(file, place);
    // So that a restart knows this file even if it is rotated before its first line has come.
    if (place.offset === 0 && resume?.seenBytes === undefined) this.#emit([], current.position);
    this.#start(current);
  }

  /** What is known to be gone. */
  #account({ position, seenBytes }: Resume, file: OpenFile, place: Place): void {
    const status = file.status();
    if (place.offset > 0 && !isSameInode(status, position)) this.#copies.add(file);
    if (seenBytes !== undefined) {
      const heldBytes = place.offset > 0 ? status.sizeBytes : position.offset;
      this.#lostBytes += Math.max(0, seenBytes - heldBytes);
    } else if (place.offset === 0 && position.offset > 0) {
      this.#rotations += 1;
      this.#problems.goneFrom(position.offset);
    }
  }

  #unpackFirst(file: OpenFile, position: LogPosition, isRestart: boolean): void {
    this.#unpack(file, (unpacked) => {
      const place = unpacked && placeInUnpacked(unpacked, position);
      if (unpacked !== undefined && place !== undefined) this.#beginWith(unpacked, place);
      else {
        unpacked?.close();
        if (isRestart) this.#newer.close();
      }
      return place !== undefined;
    });
  }

  /** Goes on when a compressed file is unpacked; `use` says whether that was of any use. */
  #unpack(file: OpenFile, use: (unpacked: OpenFile | undefined) => boolean): void {
    const go = async (): Promise<void> => {
      await this.#unpacker.unpack(file, (unpacked) => {
        if (!this.#stopped) return use(unpacked);
        unpacked?.close();
        return false;
      });
      this.#look();
    };
    void go();
  }

  #generations(): readonly Generation[] | undefined {
    const generations = listGenerations(this.#path, this.#dependencies.files);
    return generations?.filter(({ status }) => !this.#unpacker.isUseless(status));
  }

  #open(path: string): OpenFile | undefined {
    const opened = this.#dependencies.files.openLog(path);
    if (opened.ok) return opened.file;
    this.#problems.begin('opening', opened.detail);
    return undefined;
  }

  #follow(file: OpenFile, place: Place): FileLines {
    this.#problems.end('opening');
    this.#current = new FileLines(
      { path: this.#path, file, place, notBefore: this.#copies.passedAt },
      this.#dependencies.clock,
      {
        onLines: (batch, position) => {
          this.#problems.end('reading');
          this.#emit(batch, position);
        },
        // What has happened to the name meanwhile need not wait for the slow look.
        onEnd: () => {
          if (this.#isLookDue || (this.#current?.isTruncated ?? false)) {
            queueMicrotask(() => this.#look());
          }
        },
        onFailure: (detail) => this.#problems.begin('reading', detail),
      },
    );
    return this.#current;
  }

  #start(current: FileLines): void {
    current.start();
    const { deaf } = current;
    const isChanged = this.#timer.every(deaf === undefined ? lookEveryMs : pollEveryMs);
    if (isChanged && deaf !== undefined) {
      this.#problems.warn(`no notifications, looking every ${pollEveryMs} ms instead: ${deaf}`);
    }
  }

  #emit(lines: readonly string[], position: LogPosition): void {
    const { clock, onBatch } = this.#dependencies;
    const firstLine = position.lines - lines.length + 1;
    onBatch({ lines, firstLine, readAt: clock.now(), position });
  }

  /** Opens the files that have come after the one that is read; false: some may be missing. */
  #discover(): boolean {
    return this.#current !== undefined && this.#discoverAfter(this.#current.file.status());
  }

  #discoverAfter(current: FileStatus): boolean {
    const { files } = this.#dependencies;
    const live = files.status(this.#path);
    if (this.#newer.isEmpty && live !== undefined && isSameInode(live, current)) return true;
    const generations = this.#generations();
    if (generations === undefined) return false;
    return this.#newer.openAfter(current, generations, this.#path, {
      open: (path) => this.#open(path),
      exists: (path) => files.status(path) !== undefined,
      onOpened: (file, as) => {
        if (as === 'copy') this.#copies.add(file);
        this.#problems.end('opening');
      },
    });
  }

  /** Goes on with the next file that was written to, if this one has nothing more to give. */
  #advance(): boolean {
    const current = this.#current;
    const file = this.#newer.next;
    if (current === undefined || file === undefined) return false;
    if (file.unpack !== undefined) {
      this.#unpack(file, (unpacked) => {
        this.#newer.replace(file, unpacked === undefined ? [] : [unpacked]);
        return unpacked !== undefined;
      });
      return false;
    }
    // The writer may have used its last moment with the old file: one more read.
    current.look();
    if (!this.#isDone()) return false;
    const offset = current.isAtEnd ? alreadyRead(file, current.file, current.offset) : 0;
    const place = placeIn(file, offset, offset === current.offset ? current.lines : 0);
    // From now on it is known by what it holds. Before that it may have been copied and truncated.
    if (!this.#discover()) return false;
    if (this.#newer.next !== file) return true;
    // A copy is complete when what it was copied from has been truncated: one more read, again.
    if (offset === 0) current.look();
    if (!this.#isDone()) return false;
    if (offset === 0 && !this.#copies.has(current.file)) current.flush();
    this.#lostBytes += current.unreadBytes + (offset === 0 ? current.pendingBytes : 0);
    this.#rotations += 1;
    this.#newer.take(file);
    if (this.#copies.has(current.file)) this.#copies.pass([current.file.status()]);
    this.#leave(current).close();
    this.#start(this.#follow(file, place));
    return true;
  }

  #leave(current: FileLines): OpenFile {
    this.#cutBytes += current.cutBytes;
    this.#current = undefined;
    return current.release();
  }
}
