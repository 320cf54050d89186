import {
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { gzipSync } from 'node:zlib';

/** Makes room for a new `.1`: `.1` → `.2`, `.1.gz` → `.2.gz` and so on; the oldest is overwritten. */
export function shiftGenerations(path: string, kept: number): void {
  for (let n = kept; n > 1; n -= 1) {
    for (const suffix of ['', '.gz']) {
      const from = `${path}.${n - 1}${suffix}`;
      if (existsSync(from)) renameSync(from, `${path}.${n}${suffix}`);
    }
  }
}

/** As logrotate's `copytruncate`. */
export function copyAndTruncate(path: string): void {
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
}

/** As gzip(1) and logrotate do: the compressed file keeps the time of writing. */
export function compressFile(path: string): void {
  if (!existsSync(path)) return;
  // To the millisecond and no later: a Date would be rounded up.
  const modifiedAt = Math.floor(statSync(path).mtimeMs) / 1000;
  writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
  utimesSync(`${path}.gz`, modifiedAt, modifiedAt);
  rmSync(path);
}
