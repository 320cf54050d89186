/**
 * Lines a second of the whole log parser on a level-1 log, and how many times that is what trying
 * every pattern in turn would give. Run: node test/bench/log-parser.ts
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue, createMatchers } from '../../src/parsers/catalogue.ts';
import { createLogParser } from '../../src/parsers/charon-log.ts';
import { type Matcher, compileEntries } from '../../src/parsers/matcher.ts';

const lineCount = 500_000;
const readAt = Date.UTC(2026, 11, 1);

const folder = join(import.meta.dirname, '../fixtures/charon-log');
const recorded = readdirSync(folder)
  .filter((name) => name.endsWith('-v1-fw.log') || name.endsWith('-v2-peer.log'))
  .flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
  .filter((line) => line.startsWith('2026-'));

/** The recorded lines over and over, with other times, ids and SPIs. */
function* generate(): Generator<string> {
  for (let index = 0; index < lineCount; index += 1) {
    const line = recorded[index % recorded.length] ?? '';
    const time = new Date(Date.UTC(2026, 10, 23) + index * 20).toISOString().slice(0, 19);
    const id = (index % 997) + 1;
    yield (
      time.replace('T', ' ') +
        line
          .slice(19)
          .replace(/(?<=[|{[])\d{1,3}(?=[>}\]])/g, String(id))
          .replace(/\bc[0-9a-f]{7}(?=[_ ]|$)/g, (0xc0000000 + index).toString(16))
    );
  }
}

/** What the matcher would be without its tree. */
function createNaiveMatcher(): Matcher {
  const rules = compileEntries(catalogue.charon);
  return {
    match: (message) => {
      for (const { code, ignored, pattern } of rules) {
        const found = pattern.regexp.exec(message);
        if (found === null) continue;
        const fields: Record<string, string> = {};
        for (const [index, name] of pattern.fields.entries()) {
          const text = found[index + 1];
          if (name !== undefined && text !== undefined) fields[name] = text;
        }
        return { code, ignored, fields };
      }
      return undefined;
    },
  };
}

function measure(lines: readonly string[], charon?: Matcher): number {
  const matchers = createMatchers([]);
  const parser = createLogParser({
    kind: 'charon',
    zone: 'Europe/Berlin',
    matchers: charon === undefined ? matchers : { ...matchers, charon },
  });
  const start = performance.now();
  let matched = 0;
  for (const [index, line] of lines.entries()) {
    const { result } = parser.parse(line, { file: '/log/charon.log', line: index + 1, readAt });
    if (result === 'matched') matched += 1;
  }
  const linesPerSecond = (lines.length / (performance.now() - start)) * 1000;
  const share = `${((matched / lines.length) * 100).toFixed(1)} % matched`;
  process.stdout.write(`${Math.round(linesPerSecond).toLocaleString('en')} lines/s, ${share}\n`);
  return linesPerSecond;
}

// Joined and split again, they are slices of a larger text as they are when read from a file.
const lines = [...generate()].join('\n').split('\n');
measure(lines.slice(0, 50_000)); // warms up
const fast = Math.max(measure(lines), measure(lines));
const naive = measure(lines.slice(0, lineCount / 10), createNaiveMatcher());
process.stdout.write(`${(fast / naive).toFixed(1)} times the naive way\n`);
