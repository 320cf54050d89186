import { createHash } from 'node:crypto';
import type { LogPosition } from '../events/log-position.ts';
import type { FileStatus, OpenFile } from '../platform/files.ts';

const headLength = 256;
const tailLength = 64;

function hashOf(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('hex').slice(0, 32);
}

/** Describes a place in an open file. */
export function positionOf(
  path: string,
  file: OpenFile,
  offset: number,
  lines: number,
): LogPosition {
  const { device, inode, modifiedAt } = file.status();
  const headBytes = Math.min(offset, headLength);
  return {
    path,
    device,
    inode,
    headBytes,
    headHash: hashOf(file.read(0, headBytes)),
    offset,
    lines,
    tailHash: tailHash(file, offset),
    modifiedAt,
  };
}

function tailHash(file: OpenFile, offset: number): string {
  const length = Math.min(offset, tailLength);
  return hashOf(file.read(offset - length, length));
}

/** Whether an open file still holds what was read up to the position. */
export function holds(file: OpenFile, position: LogPosition): boolean {
  return (
    file.status().sizeBytes >= position.offset &&
    hashOf(file.read(0, position.headBytes)) === position.headHash &&
    tailHash(file, position.offset) === position.tailHash
  );
}

export function isSameInode(a: FileStatus | LogPosition, b: FileStatus | LogPosition): boolean {
  return a.inode === b.inode && a.device === b.device;
}
