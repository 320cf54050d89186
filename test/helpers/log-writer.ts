/**
 * Writes numbered lines to a log and rotates it, in a process of its own.
 * node log-writer.ts FILE LINES rename|delete|none MILLISECONDS-BETWEEN-ROTATIONS
 */
import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

const [path = '', lines = '', mode = 'none', everyMs = '50'] = process.argv.slice(2);
const total = Number(lines);
/** So many lines a write, and so many rotated files. */
const burst = 20;
const kept = 30;

function rotate(): void {
  if (mode === 'delete') rmSync(path);
  if (mode !== 'rename') return;
  for (let n = kept; n > 0; n -= 1) {
    const from = n === 1 ? path : `${path}.${n - 1}`;
    if (existsSync(from)) renameSync(from, `${path}.${n}`);
  }
}

let descriptor = openSync(path, 'a');
let due = performance.now() + Number(everyMs);
for (let written = 0; written < total;) {
  const numbers = Array.from({ length: Math.min(burst, total - written) }, (_, i) => written + i);
  writeSync(descriptor, numbers.map((n) => `line ${n} of a log that is written fast\n`).join(''));
  written += numbers.length;
  if (mode !== 'none' && performance.now() >= due) {
    rotate();
    closeSync(descriptor);
    descriptor = openSync(path, 'a');
    due = performance.now() + Number(everyMs);
  }
  await setImmediate();
}
