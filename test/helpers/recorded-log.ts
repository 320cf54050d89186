import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../fixtures/charon-log', import.meta.url));

/** The lines that charon wrote in some scenarios. */
export function recordedLines(scenarios: RegExp): readonly string[] {
  return readdirSync(folder)
    .filter((name) => scenarios.test(name) && name.endsWith('.log'))
    .flatMap((name) => readFileSync(`${folder}/${name}`, 'utf8').trimEnd().split('\n'))
    .filter((line) => /^\d{4}-\d\d-\d\d /.test(line));
}

/** SPIs, and the message ids of IKEv1: charon draws new ones each time. */
const drawn = /\b(?:[0-9a-f]{8}|\d{9,10})\b/g;

/** Another number for each repetition, of the same form; the same one wherever it stands. */
function redrawn(number: string, repetition: number): string {
  const isSpi = number.length === 8;
  const value = (Number.parseInt(number, isSpi ? 16 : 10) + repetition * 0x9e37_79b1) >>> 0;
  return isSpi ? value.toString(16).padStart(8, '0') : String(value);
}

/**
 * Recorded lines of some scenarios over and over, each time with SPIs of their own, and each line with
 * its own time: so many a second.
 */
export function* recordedLog(
  scenarios: RegExp,
  count: number,
  linesPerSecond: number,
  begin: number,
): Generator<string> {
  const lines = recordedLines(scenarios);
  for (let i = 0; i < count; i += 1) {
    const at = new Date(begin + Math.floor(i / linesPerSecond) * 1000);
    const stamp = at.toISOString().slice(0, 19).replace('T', ' ');
    const repetition = Math.floor(i / lines.length);
    const rest = (lines[i % lines.length] ?? '').slice(19);
    yield stamp + rest.replace(drawn, (number) => redrawn(number, repetition));
  }
}
