import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import type { FileStatus } from '../platform/open-file.ts';
import { pathsOf } from './conf-paths.ts';

export interface SightingDependencies {
  readonly clock: Pick<Clock, 'breathe'>;
  readonly files: Pick<Files, 'status' | 'list'>;
}

/** So many files are looked at between two turns of the event loop: a few milliseconds. */
const filesATurn = 500;

/** What a reading rests on: files as they were, and what patterns named; tells whether it still holds. */
export class Sightings {
  readonly #statuses = new Map<string, FileStatus | undefined>();
  readonly #patterns = new Map<string, readonly string[]>();

  /** Remembers how a file is now, or that it is not there. */
  see(path: string, files: Pick<Files, 'status'>): FileStatus | undefined {
    const status = files.status(path);
    this.#statuses.set(path, status);
    return status;
  }

  /** What a pattern names, now or when it was asked for first. */
  expand(pattern: string, files: Pick<Files, 'list'>): readonly string[] {
    const paths = this.#patterns.get(pattern) ?? pathsOf(pattern, files);
    this.#patterns.set(pattern, paths);
    return paths;
  }

  async hold({ files, clock }: SightingDependencies): Promise<boolean> {
    for (const [pattern, before] of this.#patterns) {
      if (pathsOf(pattern, files).join('\0') !== before.join('\0')) return false;
      await clock.breathe();
    }
    let looked = 0;
    for (const [path, before] of this.#statuses) {
      if (!isSame(before, files.status(path))) return false;
      looked += 1;
      if (looked % filesATurn === 0) await clock.breathe();
    }
    return true;
  }
}

function isSame(a: FileStatus | undefined, b: FileStatus | undefined): boolean {
  return a?.inode === b?.inode && a?.sizeBytes === b?.sizeBytes && a?.modifiedAt === b?.modifiedAt;
}
