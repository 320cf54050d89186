import { evidenceText } from '../../events/evidence.ts';
import { parseRemoteGenerations, parseRemotePart } from '../../parsers/remote-file.ts';
import type { RemotePart } from '../../parsers/remote-file.ts';
import type { Clock, Timer } from '../../platform/clock.ts';
import type { Exec } from '../../platform/exec.ts';
import type { Logger } from '../../platform/logger.ts';
import { backOffMs } from '../back-off.ts';
import type { Source, SourceStatus } from '../source.ts';
import type { Spool } from './spool.ts';

export interface RemoteLogDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Runs a command on the other host. */
  readonly exec: Exec;
  readonly spool: Spool;
  /** As of when all of the log has been copied, milliseconds since the epoch; infinite once it cannot be. */
  readonly onCopied: (asOf: number) => void;
}

/**
 * Prints inode and size of a file, then a part of it. Opened once, so that both speak of the same
 * file whatever becomes of the name; `dd` does not read what it skips. Nothing that busybox lacks.
 */
const readPart =
  'exec 3<"$1" && ls -lniL /proc/self/fd/3 && exec dd bs=4096 skip="$2" count="$3" <&3 2>/dev/null';

const listGenerations = 'ls -lniLd "$1".* "$1"-* 2>/dev/null; :';

const blockBytes = 4096;
const blocksAtOnce = 256;

/** The copy begins anew behind a newline once it is as large as this. */
const longestCopyBytes = 16 * 1024 * 1024;

const everyMs = 1000;
const longestPauseMs = 30_000;
const timeoutMs = 20_000;

/** A log that is being rotated is not there until its writer opens it anew. */
const momentMs = 10_000;

/** What a step came to: whether there may be more at once, or why nothing could be read. */
type Step =
  | { readonly ok: true; readonly more: boolean }
  | { readonly ok: false; readonly detail: string };

const moreToCome: Step = { ok: true, more: true };
const nothingNew: Step = { ok: true, more: false };

/** Copies a log of another host, across its rotation, to a file that a log follower reads. */
export class RemoteLog implements Source {
  readonly #path: string;
  readonly #dependencies: RemoteLogDependencies;
  readonly #caughtUp = Promise.withResolvers<void>();
  #timer: Timer | undefined;
  #opened = false;
  #stopped = false;
  #up = false;
  #lastSuccessAt: number | undefined;
  /** Since when what could be copied cannot be, by the monotonic clock. */
  #missingSince: number | undefined;
  #durationMs: number | undefined;
  #runs = 0;
  #failures = 0;
  #failuresInARow = 0;
  #problem: string | undefined;

  constructor(path: string, dependencies: RemoteLogDependencies) {
    this.#path = path;
    this.#dependencies = dependencies;
  }

  /** Resolves when what was there at the start has been copied, or cannot be. */
  get caughtUp(): Promise<void> {
    return this.#caughtUp.promise;
  }

  get status(): SourceStatus {
    return {
      name: `remote ${this.#path}`,
      required: false,
      standby: false,
      serving: undefined,
      up: this.#up,
      lastSuccessAt: this.#lastSuccessAt,
      durationMs: this.#durationMs,
      runs: this.#runs,
      failures: this.#failures,
      skipped: 0,
      problem: this.#problem,
    };
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** Copies until there is nothing more, with a turn of the event loop in between; then pauses. */
  async #run(): Promise<void> {
    const { clock, onCopied } = this.#dependencies;
    let asOf = clock.now();
    for (let more = true; more;) {
      this.#runs += 1;
      asOf = clock.now();
      const beganAt = clock.monotonicMs();
      const step = await this.#step();
      if (this.#stopped) return;
      this.#durationMs = clock.monotonicMs() - beganAt;
      if (step.ok) this.#succeed();
      else this.#fail(step.detail);
      more = step.ok && step.more;
      if (more) await clock.breathe();
    }
    const isMomentary =
      this.#missingSince !== undefined && clock.monotonicMs() - this.#missingSince < momentMs;
    if (!isMomentary) onCopied(this.#up ? asOf : Number.POSITIVE_INFINITY);
    this.#caughtUp.resolve();
    // A host that is slow to answer is asked less often.
    const leastMs = Math.max(everyMs, 2 * (this.#durationMs ?? 0));
    const failures = isMomentary ? 0 : this.#failuresInARow;
    const pauseMs = backOffMs(leastMs, failures, longestPauseMs);
    this.#timer = clock.after(pauseMs, () => void this.#run());
  }

  async #step(): Promise<Step> {
    const { spool } = this.#dependencies;
    try {
      if (!this.#opened) spool.open();
      this.#opened = true;
      const live = await this.#read(this.#path, spool.offset);
      if (typeof live === 'string') return { ok: false, detail: live };
      // Once stopped, somebody else may be writing the copy.
      if (this.#stopped) return nothingNew;
      if (spool.inode === undefined) spool.begin(live.inode, 0);
      return spool.inode === live.inode ? this.#take(live) : await this.#rotate(live);
    } catch (error) {
      // The disk may be full: what is not copied is still there.
      if (!(error instanceof Error && 'syscall' in error)) throw error;
      return { ok: false, detail: error.message };
    }
  }

  /** Reads from the block on that the last byte that is known is in: it must be there still. */
  async #read(path: string, offset: number): Promise<RemotePart | string> {
    const skip = Math.max(0, Math.ceil(offset / blockBytes) - 1);
    const words = [path, String(skip), String(blocksAtOnce)];
    const result = await this.#dependencies.exec(['sh', '-c', readPart, 'sh', ...words], {
      timeoutMs,
      maxBytes: (blocksAtOnce + 1) * blockBytes,
      encoding: 'latin1',
    });
    if (!result.ok) return result.detail;
    const part = result.status === 0 ? parseRemotePart(result.stdout) : undefined;
    if (part !== undefined) return part;
    const said = evidenceText((result.stderr || result.stdout).trim().slice(0, 200));
    return `${path} cannot be read there: ${said || `status ${result.status}`}`;
  }

  /** Adds what is new in a part of the file that is being copied. */
  #take({ inode, sizeBytes, bytes }: RemotePart): Step {
    const { spool, logger } = this.#dependencies;
    const { offset } = spool;
    const known = offset === 0 ? 0 : offset - blockBytes * (Math.ceil(offset / blockBytes) - 1);
    const tail = spool.tail(known);
    const isSame = sizeBytes >= offset && bytes.slice(known - tail.length, known) === tail;
    if (!isSame) {
      logger.warn(
        { file: this.#path },
        `${this.#path} was truncated there; going on from its beginning`,
      );
      spool.begin(inode, 0);
      return moreToCome;
    }
    const fresh = bytes.slice(known);
    if (fresh === '') return nothingNew;
    spool.append(fresh);
    const isFull = spool.sizeBytes >= longestCopyBytes;
    if (isFull && fresh.endsWith('\n')) spool.begin(inode, spool.offset);
    return { ok: true, more: bytes.length >= blocksAtOnce * blockBytes };
  }

  /** Another file bears the name: first the rest of the old one, then what came after it. */
  async #rotate(live: RemotePart): Promise<Step> {
    const { spool, exec, logger } = this.#dependencies;
    const listed = await exec(['sh', '-c', listGenerations, 'sh', this.#path], {
      timeoutMs,
      maxBytes: blocksAtOnce * blockBytes,
    });
    if (!listed.ok) return { ok: false, detail: listed.detail };
    if (this.#stopped) return nothingNew;
    const generations = parseRemoteGenerations(listed.stdout, this.#path);
    const index = generations.findIndex(({ inode }) => inode === spool.inode);
    const old = generations[index];
    if (old === undefined) {
      logger.warn({ file: this.#path }, `${this.#path} was rotated there and the old file is gone`);
      spool.begin(live.inode, 0);
      return moreToCome;
    }
    const rest = await this.#read(old.path, spool.offset);
    if (typeof rest === 'string') return { ok: false, detail: rest };
    // Renamed once more in between: the next step finds out where to.
    if (this.#stopped || rest.inode !== spool.inode) return moreToCome;
    if (rest.sizeBytes > spool.offset) {
      this.#take(rest);
      return moreToCome;
    }
    const next = generations[index + 1];
    // The writer may not have noticed yet, and go on in the old file until it opens the new one.
    if (next === undefined && live.sizeBytes === 0) return nothingNew;
    spool.begin(next?.inode ?? live.inode, 0);
    return moreToCome;
  }

  #succeed(): void {
    const { clock, logger } = this.#dependencies;
    if (this.#problem !== undefined)
      logger.info({ file: this.#path }, `copying ${this.#path} again`);
    this.#problem = undefined;
    this.#failuresInARow = 0;
    this.#missingSince = undefined;
    this.#up = true;
    this.#lastSuccessAt = clock.now();
  }

  #fail(detail: string): void {
    const { clock, logger } = this.#dependencies;
    if (this.#up) this.#missingSince = clock.monotonicMs();
    if (detail !== this.#problem) logger.warn({ file: this.#path }, detail);
    this.#problem = detail;
    this.#failures += 1;
    this.#failuresInARow += 1;
    this.#up = false;
  }
}
