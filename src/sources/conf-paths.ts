import type { Files } from '../platform/files.ts';
import { hasWildcards, matchesWildcards } from './wildcards.ts';

/** One more than are read, so that it shows. */
const mostPaths = 20_001;

/** Paths that a pattern names, in alphabetical order; one without wildcards names itself. */
export function pathsOf(pattern: string, files: Pick<Files, 'list'>): readonly string[] {
  if (!hasWildcards(pattern)) return [pattern];
  let found = [pattern.startsWith('/') ? '' : '.'];
  const parts = pattern.split('/').filter((part) => part !== '');
  for (const part of parts) {
    found = hasWildcards(part)
      ? found.flatMap((directory) => matching(directory, part, files)).slice(0, mostPaths)
      : found.map((directory) => `${directory}/${part}`);
  }
  return found;
}

function matching(directory: string, part: string, files: Pick<Files, 'list'>): readonly string[] {
  return files
    .list(directory === '' ? '/' : directory)
    .filter((name) => matchesWildcards(name, part))
    .toSorted()
    .map((name) => `${directory}/${name}`);
}

/** A path beside a file, unless it is absolute. */
export function besides(file: string, path: string): string {
  return path.startsWith('/') ? path : `${file.slice(0, file.lastIndexOf('/') + 1)}${path}`;
}
