/**
 * Writes what charon logs at a debug level, so many lines a second, into a log that it rotates by
 * renaming, in a process of its own; one line in a hundred makes an event or two.
 * node flood-writer.ts FILE SECONDS LINES-A-SECOND
 */
import { closeSync, openSync, renameSync, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { recordedLines } from './recorded-log.ts';
import { shiftGenerations } from './rotate.ts';

const [path = '', seconds = '', linesPerSecond = ''] = process.argv.slice(2);
const total = Number(seconds) * Number(linesPerSecond);
const portion = 500;
const rotateAfterBytes = 64 * 2 ** 20;
const kept = 20;

const recorded = recordedLines(/^(rekey-v2|interface-v2|dpd-v2)-fw/).map((line) => line.slice(19));
const noise = recorded.filter((line) => /\[(ENC|NET|CFG|LIB|JOB)\]/.test(line));

function linesFrom(first: number, count: number): string {
  const stamp = new Date().toISOString().slice(0, 19).replace('T', ' ');
  let text = '';
  for (let i = first; i < first + count; i += 1) {
    const lines = i % 100 === 0 ? recorded : noise;
    text += `${stamp}${lines[(i % 100 === 0 ? i / 100 : i) % lines.length]}\n`;
  }
  return text;
}

let descriptor = openSync(path, 'a');
let bytes = 0;
const startedAt = performance.now();
for (let written = 0; written < total;) {
  const due = ((performance.now() - startedAt) / 1000) * Number(linesPerSecond);
  if (written >= due) await setTimeout(1);
  for (; written < Math.min(due, total); written += portion) {
    bytes += writeSync(descriptor, linesFrom(written, portion));
  }
  if (bytes < rotateAfterBytes) continue;
  shiftGenerations(path, kept);
  renameSync(path, `${path}.1`);
  closeSync(descriptor);
  descriptor = openSync(path, 'a');
  bytes = 0;
}
