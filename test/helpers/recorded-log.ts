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

/** Recorded lines of some scenarios over and over, each with its own time: so many a second. */
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
    yield stamp + (lines[i % lines.length] ?? '').slice(19);
  }
}
