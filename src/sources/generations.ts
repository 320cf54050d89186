import type { LogPosition } from '../events/log-position.ts';
import type { FileStatus, Files, OpenFile } from '../platform/files.ts';
import { beginning, holds, isSameInode, placeIn, sharesHead } from './log-position.ts';
import type { Place } from './log-position.ts';

/** A file that has borne, or bears, the followed name. */
export interface Generation {
  readonly path: string;
  readonly status: FileStatus;
}

/** Where to begin after a restart. */
export interface Beginning {
  readonly file: OpenFile;
  readonly place: Place;
}

const compressed = /\.(gz|xz|bz2|zst|lz4|Z)$/;

/** What logrotate and its like append: `.1`, `.0`, `-20261123`, `.2026-11-23`, `.old`. */
const rotatedSuffix = /^[.-](?:\d|old$)/;

/** `/log/charon.log` → its directory and its name there. */
export function splitPath(path: string): { readonly directory: string; readonly base: string } {
  const slash = path.lastIndexOf('/');
  return { directory: path.slice(0, slash) || '/', base: path.slice(slash + 1) };
}

function scan(path: string, files: Files): readonly Generation[] {
  const { directory, base } = splitPath(path);
  const status = files.status(path);
  const live = status === undefined ? [] : [{ path, status }];
  const rotated = files
    .list(directory)
    .filter((name) => name.startsWith(base) && rotatedSuffix.test(name.slice(base.length)))
    .filter((name) => !compressed.test(name))
    .flatMap((name) => {
      const found = files.status(`${directory}/${name}`);
      if (found === undefined || (status !== undefined && isSameInode(found, status))) return [];
      return [{ path: `${directory}/${name}`, status: found }];
    })
    .toSorted(byAge);
  return [...rotated, ...live];
}

/**
 * Oldest first. By name, where two names are of one style: `.2` is older than `.1`, `-20261123`
 * older than `-20261124`. Their times of writing say less: a late writer may still be at work in
 * the older one. They decide between names of different styles.
 */
function byAge(a: Generation, b: Generation): number {
  const [countA, countB] = [countOf(a.path), countOf(b.path)];
  if (countA !== undefined && countB !== undefined) return countB - countA;
  if (dated.test(a.path) && dated.test(b.path)) return a.path < b.path ? -1 : 1;
  return a.status.modifiedAt - b.status.modifiedAt;
}

function countOf(path: string): number | undefined {
  const count = /\.(\d{1,4})$/.exec(path)?.[1];
  return count === undefined ? undefined : Number(count);
}

const dated = /[.-]\d{4}[\d.:_T-]{2,}$/;

/**
 * All uncompressed generations, oldest first, the one under the followed name last. Undefined
 * while a rotation is under way: between two looks at the names one could be overlooked.
 */
export function listGenerations(path: string, files: Files): readonly Generation[] | undefined {
  const [before, after] = [scan(path, files), scan(path, files)];
  const isSame =
    before.length === after.length &&
    before.every((one, i) => {
      const other = after[i]!;
      return one.path === other.path && isSameInode(one.status, other.status);
    });
  return isSame ? after : undefined;
}

/**
 * The generations that came after the newest of the open files: found by its inode, or by the
 * times of writing where it no longer has a name.
 */
export function newerThan(
  open: readonly FileStatus[],
  generations: readonly Generation[],
  path: string,
): readonly Generation[] {
  const newest = open.at(-1)!;
  const index = generations.findIndex(({ status }) => isSameInode(status, newest));
  return generations.filter((one, i) => {
    if (open.some((status) => isSameInode(status, one.status))) return false;
    if (one.path === path) return true;
    if (one.status.sizeBytes === 0) return false;
    return index === -1 ? one.status.modifiedAt > newest.modifiedAt : i > index;
  });
}

/**
 * Opens the file to begin with after a restart: the one of the stored position, wherever it is
 * now; where that is gone, the oldest that was written to since. Undefined: none can be opened.
 */
export function beginAfter(
  position: LogPosition,
  generations: readonly Generation[],
  files: Files,
): Beginning | undefined {
  for (const generation of generations.toReversed()) {
    const found = openAgain(generation, position, files);
    if (found !== undefined) return found;
  }
  return beginWithNewer(position, generations, files);
}

function openAgain(
  { path, status }: Generation,
  position: LogPosition,
  files: Files,
): Beginning | undefined {
  const { offset, lines } = position;
  if (offset === 0 || status.sizeBytes < offset) return undefined;
  return openIf(path, files, (file) =>
    holds(file, position) ? placeIn(file, offset, lines) : undefined,
  );
}

function beginWithNewer(
  position: LogPosition,
  generations: readonly Generation[],
  files: Files,
): Beginning | undefined {
  for (const { path, status } of generations) {
    const isLive = path === position.path;
    const isNewer =
      status.modifiedAt > position.modifiedAt ||
      // Nothing was read of it yet: there is no content to know it by.
      (position.offset === 0 && isSameInode(status, position));
    if (!isLive && (!isNewer || status.sizeBytes === 0)) continue;
    const found = openIf(path, files, (file) =>
      // A copy that was taken before the position was reached holds nothing new.
      isLive || !sharesHead(file, position) ? beginning : undefined,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Opens a file and keeps it open where there is a place in it to begin at. */
function openIf(
  path: string,
  files: Files,
  placeOf: (file: OpenFile) => Place | undefined,
): Beginning | undefined {
  const opened = files.open(path);
  if (!opened.ok) return undefined;
  const { file } = opened;
  let place: Place | undefined;
  try {
    place = placeOf(file);
  } finally {
    if (place === undefined) file.close();
  }
  return place && { file, place };
}
