import type { LogPosition } from '../../events/log-position.ts';
import type { Files } from '../../platform/files.ts';
import type { LogStatus } from '../log-source.ts';

/** One log of another host: as of when it has been copied, and how far the copy has been read. */
interface Copied {
  readonly lagBytes: () => number;
  copiedAt: number;
  readAt: number;
  /** The copy that is being read: there may be a newer generation of it. */
  inode: number | undefined;
}

/** Knows as of when every line of all logs of another host has been applied. */
export class ReadMarks {
  readonly #files: Pick<Files, 'status'>;
  readonly #onRead: () => void;
  readonly #logs = new Map<string, Copied>();

  constructor(files: Pick<Files, 'status'>, onRead: () => void) {
    this.#files = files;
    this.#onRead = onRead;
  }

  /** Milliseconds since the epoch; infinite where there is nothing to read. */
  get asOf(): number {
    return Math.min(...[...this.#logs.values()].map(({ readAt }) => readAt));
  }

  /** Adds a log by the path of its copy; `saved`: where the reading of it stands. */
  add(path: string, saved: LogPosition | undefined, status: () => LogStatus): void {
    const lagBytes = (): number => status().lagBytes;
    this.#logs.set(path, { lagBytes, copiedAt: 0, readAt: 0, inode: saved?.inode });
  }

  /** Everything that was in the log at that time is in its copy; infinite while it cannot be read. */
  copied(path: string, asOf: number): void {
    const log = this.#logs.get(path);
    if (log === undefined) return;
    log.copiedAt = asOf;
    this.#check(path, log);
  }

  /** Lines of a copy have been applied. */
  read({ path, inode }: LogPosition): void {
    const log = this.#logs.get(path);
    if (log === undefined) return;
    log.inode = inode;
    this.#check(path, log);
  }

  #check(path: string, log: Copied): void {
    if (log.readAt === log.copiedAt) return;
    const copy = this.#files.status(path);
    // A new generation is not opened before something is in it.
    const isLast = copy?.inode === log.inode || copy?.sizeBytes === 0;
    if (!isLast || log.lagBytes() > 0) return;
    log.readAt = log.copiedAt;
    this.#onRead();
  }
}
