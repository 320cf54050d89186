import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));

function linesOf(log: Buffer): readonly string[] {
  const lines = log.toString('utf8').trimEnd().split('\n');
  return lines.filter((line) => /^\d{4}-\d\d-\d\d /.test(line));
}

/** The lines that charon wrote in some scenarios. */
export function recordedLines(scenarios: RegExp): readonly string[] {
  const folder = `${fixtures}/charon-log`;
  return readdirSync(folder)
    .filter((name) => scenarios.test(name) && name.endsWith('.log'))
    .flatMap((name) => linesOf(readFileSync(`${folder}/${name}`)));
}

/** The lines of a firewall whose tunnels are up: DPD, and a rekeying now and then. */
export function quietDay(): readonly string[] {
  return linesOf(gunzipSync(readFileSync(`${fixtures}/quiet-day/charon.log.gz`)));
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
 * Recorded lines over and over, each time with SPIs of their own, and each line with its own time: so
 * many a second, the first at `begin`, milliseconds since the epoch.
 */
export function* recordedLog(
  lines: readonly string[],
  count: number,
  linesPerSecond: number,
  begin: number,
): Generator<string> {
  for (let i = 0; i < count; i += 1) {
    const at = new Date(begin + Math.floor(i / linesPerSecond) * 1000);
    const stamp = at.toISOString().slice(0, 19).replace('T', ' ');
    const repetition = Math.floor(i / lines.length);
    const rest = (lines[i % lines.length] ?? '').slice(19);
    yield stamp + rest.replace(drawn, (number) => redrawn(number, repetition));
  }
}
