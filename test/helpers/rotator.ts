/**
 * Rotates a log that somebody else writes to, in a process of its own, until its input ends: copies
 * it, or not, and truncates it. The moments are random, so that none of the timers of those who
 * write and read is in step with it. At the end it prints what it did, a list of `Truncation`.
 * node rotator.ts FILE copytruncate|truncate MILLISECONDS-BETWEEN-ROTATIONS
 */
import { copyFileSync, readFileSync, truncateSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { shiftGenerations } from './rotate.ts';

export interface Truncation {
  /** Just before and just after it, on the system's monotonic clock. */
  readonly beganUs: number;
  readonly endedUs: number;
  /** The last line of the copy; undefined without a copy. */
  readonly lastCopied: string | undefined;
}

/** The system's monotonic clock, the same in all processes, in microseconds. */
export function monotonicUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

function rotate(path: string, mode: string): Truncation {
  if (mode === 'copytruncate') {
    shiftGenerations(path, 5);
    copyFileSync(path, `${path}.1`);
  }
  const beganUs = monotonicUs();
  truncateSync(path);
  const endedUs = monotonicUs();
  const lastCopied =
    mode === 'copytruncate'
      ? readFileSync(`${path}.1`, 'utf8').trimEnd().split('\n').at(-1)
      : undefined;
  return { beganUs, endedUs, lastCopied };
}

async function rotateUntilTheEnd(path: string, mode: string, everyMs: number): Promise<void> {
  const truncations: Truncation[] = [];
  const input = { hasEnded: false };
  process.stdin.resume().on('end', () => {
    input.hasEnded = true;
  });
  while (!input.hasEnded) {
    await setTimeout(everyMs - 2);
    const until = performance.now() + Math.random() * 4;
    while (performance.now() < until);
    if (!input.hasEnded) truncations.push(rotate(path, mode));
  }
  process.stdout.write(JSON.stringify(truncations));
}

if (import.meta.main) {
  const [path = '', mode = '', everyMs] = process.argv.slice(2);
  await rotateUntilTheEnd(path, mode, Number(everyMs));
}
