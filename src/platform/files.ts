import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  statSync,
  watch,
} from 'node:fs';
import type { Stats } from 'node:fs';

/** Which file a name stands for: the name may come to stand for another one. */
export interface FileIdentity {
  readonly device: number;
  readonly inode: number;
}

export interface FileStatus extends FileIdentity {
  readonly sizeBytes: number;
  /** Milliseconds since the epoch, with a fraction. */
  readonly modifiedAt: number;
}

/** An open regular file. It stays the same file whatever becomes of its name. */
export interface OpenFile {
  /** A path that leads to this very file, for readers that insist on a path. */
  readonly descriptorPath: string;
  status(): FileStatus;
  /** Bytes from an offset, as one character a byte (latin1); shorter at the end of the file. */
  read(offset: number, length: number): string;
  close(): void;
}

export type OpenResult =
  | { readonly ok: true; readonly file: OpenFile }
  | {
      readonly ok: false;
      readonly reason: 'missing' | 'denied' | 'not-a-file' | 'failed';
      readonly detail: string;
    };

/** The door to files, read-only. */
export interface Files {
  open(path: string): OpenResult;
  /** Undefined when there is nothing under that name. */
  status(path: string): FileStatus | undefined;
  /** Names in a directory; none when it cannot be read. */
  list(directory: string): readonly string[];
  /** Calls back with the name of each entry that is created, renamed or removed. */
  watchDirectory(directory: string, onChange: (name: string) => void): Watch;
  /** The whole of a small file. */
  readText(
    path: string,
  ): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly detail: string };
}

export interface Watch {
  /** Why there are no notifications; undefined while there are. */
  readonly failure: string | undefined;
  close(): void;
}

function statusOf(stats: Stats): FileStatus {
  return { device: stats.dev, inode: stats.ino, sizeBytes: stats.size, modifiedAt: stats.mtimeMs };
}

function openFile(descriptor: number): OpenFile {
  return {
    descriptorPath: `/proc/self/fd/${descriptor}`,
    status: () => statusOf(fstatSync(descriptor)),
    read(offset, length) {
      const buffer = Buffer.allocUnsafe(length);
      const count = readSync(descriptor, buffer, 0, length, offset);
      return buffer.toString('latin1', 0, count);
    },
    close: () => closeSync(descriptor),
  };
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

export const systemFiles: Files = {
  open(path) {
    try {
      // Without O_NONBLOCK the open of a FIFO would wait for its writer.
      const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      if (fstatSync(descriptor).isFile()) return { ok: true, file: openFile(descriptor) };
      closeSync(descriptor);
      return { ok: false, reason: 'not-a-file', detail: `${path} is not a regular file` };
    } catch (error) {
      const reason = reasons[codeOf(error)] ?? 'failed';
      return { ok: false, reason, detail: `${path} ${sentences[reason] ?? textOf(error)}` };
    }
  },
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
      const watcher = watch(directory, { persistent: false }, (type, name) => {
        if (type === 'rename' && name !== null) onChange(name);
      });
      // The directory itself may go away; the slow look that runs anyway notices.
      watcher.on('error', () => watcher.close());
      return { failure: undefined, close: () => watcher.close() };
    } catch (error) {
      return { failure: textOf(error), close: () => undefined };
    }
  },
  readText(path) {
    try {
      return { ok: true, text: readFileSync(path, 'utf8') };
    } catch (error) {
      return { ok: false, detail: textOf(error) };
    }
  },
};
