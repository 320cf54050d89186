import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  watch,
} from 'node:fs';
import { openFile, statusOf } from './open-file.ts';
import type { FileStatus, OpenFile, OpenResult } from './open-file.ts';
import { packedFile } from './packed-file.ts';

/** The door to files, read-only. */
export interface Files {
  /** Opens a regular file. */
  open(path: string): OpenResult;
  /** The same, but one whose name ends in `.gz` is the file that was compressed. */
  openLog(path: string): OpenResult;
  /** Undefined when there is nothing under that name. */
  status(path: string): FileStatus | undefined;
  /** Names in a directory; none when it cannot be read. */
  list(directory: string): readonly string[];
  /**
   * Calls back with the name of each entry that is created, renamed or removed (`isRename`), or
   * written to.
   */
  watchDirectory(directory: string, onChange: (name: string, isRename: boolean) => void): Watch;
  /** The whole of a small file that others should not have; `isExposed` where everybody may. */
  readSecret(
    path: string,
  ):
    | { readonly ok: true; readonly text: string; readonly isExposed: boolean }
    | { readonly ok: false; readonly detail: string };
  /** The whole of a small file. */
  readText(
    path: string,
  ): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly detail: string };
}

export interface Watch {
  /** Whether there are notifications, and that path still leads to the watched directory. */
  isOn(directory: string): boolean;
  close(): void;
}

const reasons: Readonly<Record<string, 'missing' | 'denied' | 'not-a-file'>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EACCES: 'denied',
  EPERM: 'denied',
};

const sentences: Readonly<Record<string, string>> = {
  missing: 'does not exist',
  denied: 'may not be read by this user',
};

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function open(path: string, wrap: (descriptor: number) => OpenFile): OpenResult {
  try {
    // Without O_NONBLOCK the open of a FIFO would wait for its writer.
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (fstatSync(descriptor).isFile()) return { ok: true, file: wrap(descriptor) };
    closeSync(descriptor);
    return { ok: false, reason: 'not-a-file', detail: `${path} is not a regular file` };
  } catch (error) {
    const reason = reasons[codeOf(error)] ?? 'failed';
    return { ok: false, reason, detail: `${path} ${sentences[reason] ?? textOf(error)}` };
  }
}

export const systemFiles: Files = {
  open: (path) => open(path, openFile),
  openLog: (path) => open(path, path.endsWith('.gz') ? packedFile : openFile),
  status(path) {
    try {
      return statusOf(statSync(path));
    } catch {
      return undefined;
    }
  },
  list(directory) {
    try {
      return readdirSync(directory);
    } catch {
      return [];
    }
  },
  watchDirectory(directory, onChange) {
    try {
      let failed = false;
      const watched = statSync(directory);
      const watcher = watch(directory, { persistent: false }, (type, name) => {
        if (name !== null) onChange(name, type === 'rename');
      });
      watcher.on('error', () => {
        failed = true;
      });
      return {
        isOn(path) {
          const now = systemFiles.status(path);
          return !failed && now?.inode === watched.ino && now.device === watched.dev;
        },
        close: () => watcher.close(),
      };
    } catch {
      return { isOn: () => false, close: () => undefined };
    }
  },
  readSecret(path) {
    const read = systemFiles.readText(path);
    if (!read.ok) return read;
    const forOthers = constants.S_IROTH | constants.S_IWOTH;
    return { ...read, isExposed: (statSync(path).mode & forOthers) !== 0 };
  },
  readText(path) {
    try {
      return { ok: true, text: readFileSync(path, 'utf8') };
    } catch (error) {
      return { ok: false, detail: textOf(error) };
    }
  },
};
