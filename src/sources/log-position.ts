import { hash } from 'node:crypto';
import type { LogPosition } from '../events/log-position.ts';
import type { FileStatus, OpenFile } from '../platform/open-file.ts';

export const headLength = 256;

/** So many bytes before a position tell a grown file from one that was written anew. */
export const tailLength = 64;

/** Heads shorter than this say too little: two logs may well begin with the same few words. */
const tellingLength = 64;

/** A place in a file: behind the last whole line that was read. */
export interface Place {
  readonly offset: number;
  /** Lines before the offset. */
  readonly lines: number;
  /** The first bytes of the file, up to the offset; at its beginning those that are there. */
  readonly head: string;
  /** The last bytes before the offset. */
  readonly tail: string;
}

/** The place in a file that nothing has been read of. */
export const beginning: Place = { offset: 0, lines: 0, head: '', tail: '' };

/** The head of a file stays the same from one position to the next. */
const lastHead = { head: '', hash: '' };

function headHashOf(head: string): string {
  if (lastHead.head !== head || lastHead.hash === '') {
    Object.assign(lastHead, { head, hash: hashOf(head) });
  }
  return lastHead.hash;
}

function hashOf(text: string): string {
  return hash('sha256', Buffer.from(text, 'latin1')).slice(0, 32);
}

export function positionOf(path: string, status: FileStatus, place: Place): LogPosition {
  const { device, inode, modifiedAt } = status;
  const { offset, lines, head, tail } = place;
  const headBytes = head.length;
  return {
    path,
    device,
    inode,
    headBytes,
    headHash: headHashOf(head),
    offset,
    lines,
    tailHash: hashOf(tail),
    modifiedAt,
  };
}

/** Times of writing are no finer than this: the kernel takes them from its tick. */
const kernelTickMs = 10;

/** The position in a log that does not exist yet: what is written after this moment is to be read. */
export function positionBefore(path: string, at: number): LogPosition {
  const nothing: FileStatus = {
    device: -1,
    inode: -1,
    sizeBytes: 0,
    modifiedAt: at - kernelTickMs,
  };
  return positionOf(path, nothing, beginning);
}

/**
 * The last bytes before an offset.
 * @throws the system's error when they cannot be read.
 */
export function tailBefore(file: OpenFile, offset: number): string {
  const length = Math.min(offset, tailLength);
  return file.read(offset - length, length);
}

/**
 * The place at an offset of an open file.
 * @throws the system's error when it cannot be read.
 */
export function placeIn(file: OpenFile, offset: number, lines: number): Place {
  const head = file.read(0, offset === 0 ? headLength : Math.min(offset, headLength));
  return { offset, lines, head, tail: tailBefore(file, offset) };
}

/** Whether an open file still holds what was read up to the position. */
export function holds(file: OpenFile, position: LogPosition): boolean {
  return (
    file.status().sizeBytes >= position.offset &&
    hasHead(file, position) &&
    hashOf(tailBefore(file, position.offset)) === position.tailHash
  );
}

export function hasHead(file: OpenFile, { headBytes, headHash }: LogPosition): boolean {
  return hashOf(file.read(0, headBytes)) === headHash;
}

/** Whether a file begins as the one that was read: it is that, or a copy of it. */
export function sharesHead(file: OpenFile, position: LogPosition): boolean {
  return position.headBytes >= tellingLength && hasHead(file, position);
}

/**
 * How much of `file` was read already in `before`, up to an offset there: nothing, unless it is a
 * copy of that, made by an administrator or by an editor that wrote the log anew.
 */
export function alreadyRead(file: OpenFile, before: OpenFile, offset: number): number {
  const common = Math.min(offset, file.status().sizeBytes);
  const headBytes = Math.min(common, headLength);
  if (headBytes < tellingLength) return 0;
  if (file.read(0, headBytes) !== before.read(0, headBytes)) return 0;
  return tailBefore(file, common) === tailBefore(before, common) ? common : 0;
}

export function isSameInode(a: FileStatus | LogPosition, b: FileStatus | LogPosition): boolean {
  return a.inode === b.inode && a.device === b.device;
}

export function isAmong(files: readonly FileStatus[], file: FileStatus): boolean {
  return files.some((one) => isSameInode(one, file));
}
