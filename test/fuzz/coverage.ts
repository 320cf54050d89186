import { Session } from 'node:inspector';
import type { Profiler } from 'node:inspector';

/** Which characters of the program's sources have ever been executed, as V8 counts its blocks. */
export interface Coverage {
  /** Whether what has run since the last call ran, in part, for the first time. */
  hasGrown(): boolean;
  /** From now on what the last calls saw is nothing new. */
  keep(): void;
  close(): void;
}

type Ranges = ReadonlyMap<string, readonly Profiler.CoverageRange[]>;

export function startCoverage(isWatched: (url: string) => boolean): Coverage {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const seen = new Map<string, Uint8Array>();
  let pending: Ranges[] = [];
  const take = (): Ranges => {
    const taken = new Map<string, readonly Profiler.CoverageRange[]>();
    session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error;
      for (const { url, functions } of result) {
        if (isWatched(url)) taken.set(url, rangesOf(functions));
      }
    });
    return taken;
  };
  return {
    hasGrown() {
      const taken = take();
      const grown = [...taken].some(([url, ranges]) => isNew(ranges, seen.get(url)));
      if (grown) pending.push(taken);
      return grown;
    },
    keep() {
      for (const taken of pending) {
        for (const [url, ranges] of taken) seen.set(url, union(ranges, seen.get(url)));
      }
      pending = [];
    },
    close: () => session.disconnect(),
  };
}

/** Outer ranges first: an inner one says more exactly what its outer one says. */
function rangesOf(
  functions: readonly Profiler.FunctionCoverage[],
): readonly Profiler.CoverageRange[] {
  return functions
    .flatMap((one) => one.ranges)
    .toSorted((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
}

function paint(ranges: readonly Profiler.CoverageRange[]): Uint8Array {
  const size = ranges.reduce((most, { endOffset }) => Math.max(most, endOffset), 0);
  const ran = new Uint8Array(size);
  for (const { startOffset, endOffset, count } of ranges) {
    ran.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  }
  return ran;
}

function isNew(ranges: readonly Profiler.CoverageRange[], seen: Uint8Array | undefined): boolean {
  return paint(ranges).some((ran, i) => ran === 1 && seen?.[i] !== 1);
}

function union(
  ranges: readonly Profiler.CoverageRange[],
  seen: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const ran = paint(ranges);
  const [long, short] = ran.length > seen.length ? [ran, seen] : [seen.slice(), ran];
  short.forEach((one, i) => {
    if (one === 1) long[i] = 1;
  });
  return long;
}
