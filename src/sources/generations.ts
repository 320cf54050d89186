import type { LogPosition } from '../events/log-position.ts';
import type { Files } from '../platform/files.ts';
import type { FileStatus, OpenFile } from '../platform/open-file.ts';
import {
  beginning,
  hasHead,
  holds,
  isAmong,
  isSameInode,
  placeIn,
  sharesHead,
} from './log-position.ts';
import type { Place } from './log-position.ts';

/** A file that has borne, or bears, the followed name. */
export interface Generation {
  readonly path: string;
  readonly status: FileStatus;
}

/** Where to go on after a stored position. */
export interface Beginning {
  readonly file: OpenFile;
  /** Undefined where the file has to be unpacked before that can be told. */
  readonly place: Place | undefined;
}

/** Compressed with something that cannot be read here. */
const unreadable = /\.(xz|bz2|zst|lz4|Z)$/;

const packed = /\.gz$/;

/** What logrotate and its like append: `.1`, `.0`, `-20261123`, `.2026-11-23`, `.old`. */
const rotatedSuffix = /^[.-](?:\d|old$)/;

/** `/log/charon.log` → its directory and its name there. */
export function splitPath(path: string): { readonly directory: string; readonly base: string } {
  const slash = path.lastIndexOf('/');
  return { directory: path.slice(0, slash) || '/', base: path.slice(slash + 1) };
}

/** Whether a generation is not compressed. */
function isPlain({ path }: Generation): boolean {
  return !packed.test(path);
}

function scan(path: string, files: Files): readonly Generation[] {
  const { directory, base } = splitPath(path);
  const status = files.status(path);
  const live = status === undefined ? [] : [{ path, status }];
  const names = files
    .list(directory)
    .filter((name) => name.startsWith(base) && rotatedSuffix.test(name.slice(base.length)))
    .filter((name) => !unreadable.test(name));
  const rotated = names
    // It is being compressed, or both were kept.
    .filter((name) => !packed.test(name) || !names.includes(name.replace(packed, '')))
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
  const [nameA, nameB] = [a.path.replace(packed, ''), b.path.replace(packed, '')];
  const [countA, countB] = [countOf(nameA), countOf(nameB)];
  if (countA !== undefined && countB !== undefined) return countB - countA;
  if (dated.test(nameA) && dated.test(nameB)) return nameA < nameB ? -1 : 1;
  return a.status.modifiedAt - b.status.modifiedAt;
}

function countOf(path: string): number | undefined {
  const count = /\.(\d{1,4})$/.exec(path)?.[1];
  return count === undefined ? undefined : Number(count);
}

const dated = /[.-]\d{4}[\d.:_T-]{2,}$/;

/**
 * All generations that can be read, oldest first, the one under the followed name last. Undefined
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
 * The generations that came after the first of the open files, the one that is read, and are not
 * open: found by its place among the names, or by the times of writing where it has none any more.
 */
export function newerThan(
  open: readonly FileStatus[],
  generations: readonly Generation[],
  path: string,
): readonly Generation[] {
  const current = open[0]!;
  const index = generations.findIndex(({ status }) => isSameInode(status, current));
  return generations.filter((one, i) => {
    if (isAmong(open, one.status)) return false;
    if (one.path === path) return true;
    if (one.status.sizeBytes === 0) return false;
    return index === -1 ? one.status.modifiedAt > current.modifiedAt : i > index;
  });
}

/**
 * The generations that the content of a truncated file may have been copied to: those before it, as
 * far as they are not open. It is the first of the open files. If it was empty nothing is known but
 * when that was: a time of writing that was set by a compression says nothing then.
 */
export function copiesOf(
  open: readonly FileStatus[],
  generations: readonly Generation[],
  path: string,
  wasEmpty: boolean,
): readonly Generation[] {
  const index = generations.findIndex(({ status }) => isSameInode(status, open[0]!));
  const older = index === -1 ? generations : generations.slice(0, index);
  return older.filter(
    (one) => one.path !== path && !isAmong(open, one.status) && (isPlain(one) || !wasEmpty),
  );
}

/** A rotation takes no longer than so many looks at the names. */
const mostLooks = 10;

/**
 * Opens the file to go on with, after a stored position or one in a file that was truncated.
 * `list` lists the generations that it may be. Undefined while a rotation is under way: one that
 * is overlooked then is lost.
 */
export function findAfter(
  position: LogPosition,
  list: () => readonly Generation[] | undefined,
  files: Files,
): Beginning | 'none' | undefined {
  for (let look = 0; look < mostLooks; look += 1) {
    const generations = list();
    const found = generations === undefined ? 'moved' : beginAfter(position, generations, files);
    if (found !== 'moved') return found ?? 'none';
  }
  return undefined;
}

/**
 * Opens the file to go on with: the one that holds the position, wherever it is now, or a copy of
 * it; where that is gone, the oldest that was written to since. Undefined: none can be opened;
 * 'moved': one of them has another name by now, and all have to be listed again.
 */
function beginAfter(
  position: LogPosition,
  generations: readonly Generation[],
  files: Files,
): Beginning | 'moved' | undefined {
  // Without a beginning there is no content to know it by.
  const candidates = position.headBytes === 0 ? [] : generations.toReversed();
  for (const isPacked of [false, true]) {
    for (const generation of candidates) {
      if (isPlain(generation) === isPacked) continue;
      const found = openAgain(generation, position, files);
      if (found !== undefined) return found;
    }
  }
  return beginWithNewer(position, generations, files);
}

function openAgain(
  generation: Generation,
  position: LogPosition,
  files: Files,
): Beginning | 'moved' | undefined {
  const isPacked = packed.test(generation.path);
  if (!isPacked && generation.status.sizeBytes < position.offset) return undefined;
  return openIf(generation, files, (file) => {
    if (isPacked) return hasHead(file, position) && 'unpack';
    return holds(file, position) && placeIn(file, position.offset, position.lines);
  });
}

function beginWithNewer(
  position: LogPosition,
  generations: readonly Generation[],
  files: Files,
): Beginning | 'moved' | undefined {
  for (const generation of generations) {
    const { path, status } = generation;
    const isLive = path === position.path;
    const isNewer =
      status.modifiedAt > position.modifiedAt ||
      // Nothing was read of it yet: there is no content to know it by.
      (position.offset === 0 && isSameInode(status, position));
    if (!isLive && (!isNewer || status.sizeBytes === 0)) continue;
    const found = openIf(generation, files, (file) => {
      // A copy that was taken before the position was reached holds nothing new.
      if (!isLive && sharesHead(file, position)) return false;
      return file.unpack === undefined ? beginning : 'unpack';
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Where to begin in a file that has been unpacked: behind the position where it holds that, and
 * nowhere if it is an older copy.
 */
export function placeInUnpacked(file: OpenFile, position: LogPosition): Place | undefined {
  if (position.offset === 0) return beginning;
  if (holds(file, position)) return placeIn(file, position.offset, position.lines);
  return sharesHead(file, position) ? undefined : beginning;
}

/** Opens a file and keeps it open where there is a place in it to begin at, or may be. */
function openIf(
  { path, status }: Generation,
  files: Files,
  placeOf: (file: OpenFile) => Place | 'unpack' | false,
): Beginning | 'moved' | undefined {
  const opened = files.openLog(path);
  if (!opened.ok) return opened.reason === 'missing' ? 'moved' : undefined;
  const { file } = opened;
  if (!isSameInode(file.status(), status)) {
    file.close();
    return 'moved';
  }
  let place: Place | 'unpack' | false = false;
  try {
    place = placeOf(file);
  } finally {
    if (place === false) file.close();
  }
  if (place === false) return undefined;
  return { file, place: place === 'unpack' ? undefined : place };
}
