import { closeSync, fstatSync, readSync } from 'node:fs';
import type { Stats } from 'node:fs';

/** Which file a name stands for: the name may come to stand for another one. */
interface FileIdentity {
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
  /**
   * There where the file is compressed. Status and reading are those of its content then, but
   * until it is unpacked only the first few hundred bytes can be read. Unpacks it into a nameless
   * file on the file system of `directory`; this one stays open.
   */
  readonly unpack?: (directory: string) => Promise<OpenResult>;
}

export type OpenResult =
  | { readonly ok: true; readonly file: OpenFile }
  | {
      readonly ok: false;
      readonly reason: 'missing' | 'denied' | 'not-a-file' | 'failed';
      readonly detail: string;
    };

export function statusOf(stats: Stats): FileStatus {
  return { device: stats.dev, inode: stats.ino, sizeBytes: stats.size, modifiedAt: stats.mtimeMs };
}

/** What is read is copied out of it at once; one of its own for each read would be garbage. */
const scratch = Buffer.allocUnsafeSlow(131_072);

export function openFile(descriptor: number): OpenFile {
  return {
    descriptorPath: `/proc/self/fd/${descriptor}`,
    status: () => statusOf(fstatSync(descriptor)),
    read(offset, length) {
      const buffer = length <= scratch.length ? scratch : Buffer.allocUnsafe(length);
      const count = readSync(descriptor, buffer, 0, length, offset);
      return buffer.toString('latin1', 0, count);
    },
    close: () => closeSync(descriptor),
  };
}
