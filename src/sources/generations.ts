import type { LogPosition } from '../events/log-position.ts';
import type { FileStatus, Files } from '../platform/files.ts';
import { holds, isSameInode } from './log-position.ts';

/** A file that has borne, or bears, the followed name. */
interface Generation {
  readonly path: string;
  readonly status: FileStatus;
}

const compressed = /\.(gz|xz|bz2|zst|lz4|Z)$/;

function split(path: string): { readonly directory: string; readonly base: string } {
  const slash = path.lastIndexOf('/');
  return { directory: path.slice(0, slash) || '/', base: path.slice(slash + 1) };
}

/** `charon.log.1`, `charon.log.0`, `charon.log-20261123` …, oldest first. */
function rotated(path: string, files: Files): readonly Generation[] {
  const { directory, base } = split(path);
  return files
    .list(directory)
    .filter((name) => name.startsWith(base) && name !== base && !compressed.test(name))
    .flatMap((name) => {
      const status = files.status(`${directory}/${name}`);
      return status === undefined ? [] : [{ path: `${directory}/${name}`, status }];
    })
    .toSorted((a, b) => a.status.modifiedAt - b.status.modifiedAt || rank(b.path) - rank(a.path));
}

/** `.2` is older than `.1`. */
function rank(path: string): number {
  return Number(/\d+$/.exec(path)?.[0] ?? 0);
}

/**
 * The path to go on with after a file that has been read to its end, or undefined while the
 * followed name still stands for that file, or for a new one that nobody has written to yet.
 */
export function nextGeneration(
  path: string,
  current: FileStatus | LogPosition,
  files: Files,
): string | undefined {
  const live = files.status(path);
  if (live !== undefined && isSameInode(live, current)) return undefined;
  const between = rotated(path, files).find(
    ({ status }) =>
      status.modifiedAt > current.modifiedAt &&
      !isSameInode(status, current) &&
      !(live !== undefined && isSameInode(status, live)),
  );
  if (between !== undefined) return between.path;
  return live !== undefined && live.sizeBytes > 0 ? path : undefined;
}

/** Where the file of a stored position is now: under its name, or under a rotated one. */
export function findAgain(position: LogPosition, files: Files): string | undefined {
  const candidates = [position.path, ...rotated(position.path, files).map(({ path }) => path)];
  return candidates.find((path) => {
    const status = files.status(path);
    if (status === undefined || status.sizeBytes < position.offset) return false;
    const opened = files.open(path);
    if (!opened.ok) return false;
    const found = position.offset > 0 && holds(opened.file, position);
    opened.file.close();
    return found;
  });
}
