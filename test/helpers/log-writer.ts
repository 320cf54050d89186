/**
 * Writes numbered lines to a log at a pace, or as fast as it can, and rotates it, in a process of
 * its own.
 * node log-writer.ts FILE LINES MODE MILLISECONDS-BETWEEN-ROTATIONS [LINES-A-SECOND [TIMES]]
 * TIMES: a file to put the times into, on the system's monotonic clock in microseconds, at which each
 * 20 lines were written; a list in JSON.
 * MODE: rename, create (opens the new file late), delete, copytruncate, truncate, none
 */
import {
  closeSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { copyAndTruncate, shiftGenerations } from './rotate.ts';
import { monotonicUs } from './rotator.ts';

const [path = '', lines = '', mode = 'none', everyMs = '50', pace, timesPath] =
  process.argv.slice(2);
const total = Number(lines);
/** So many lines a write, and so many rotated files. */
const burst = 20;
const kept = 30;
/** How long a writer may go on in the renamed file until it is told to open the new one. */
const lateMs = 20;

const times: number[] = [];

let descriptor = openSync(path, 'a');
let reopenAt = Number.POSITIVE_INFINITY;

function reopen(): void {
  closeSync(descriptor);
  descriptor = openSync(path, 'a');
  reopenAt = Number.POSITIVE_INFINITY;
}

function rotate(): void {
  switch (mode) {
    case 'rename':
    case 'create':
      shiftGenerations(path, kept);
      renameSync(path, `${path}.1`);
      if (mode === 'rename') reopen();
      else {
        closeSync(openSync(path, 'a'));
        reopenAt = performance.now() + lateMs;
      }
      break;
    case 'delete':
      rmSync(path);
      reopen();
      break;
    case 'copytruncate':
      shiftGenerations(path, kept);
      copyAndTruncate(path);
      break;
    case 'truncate':
      truncateSync(path);
      break;
    default:
  }
}

const startedAt = performance.now();
const due = (written: number): number => (pace === undefined ? 0 : (written / Number(pace)) * 1000);
let rotateAt = startedAt + Number(everyMs);
for (let written = 0; written < total;) {
  const now = performance.now();
  if (now >= startedAt + due(written)) {
    const numbers = Array.from({ length: Math.min(burst, total - written) }, (_, i) => written + i);
    times.push(monotonicUs());
    writeSync(descriptor, numbers.map((n) => `line ${n} of a log that is written fast\n`).join(''));
    written += numbers.length;
  }
  if (now >= reopenAt) reopen();
  if (mode !== 'none' && now >= rotateAt && written < total) {
    rotate();
    rotateAt = performance.now() + Number(everyMs);
  }
  if (now < startedAt + due(written)) await setTimeout(1);
  else await setImmediate();
}
if (timesPath !== undefined) writeFileSync(timesPath, JSON.stringify(times));
