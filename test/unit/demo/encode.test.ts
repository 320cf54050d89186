import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { encodeRecording } from '../../../src/demo/encode.ts';
import type { Line, Look, Observed } from '../../../src/demo/encode.ts';
import { parseRecording } from '../../../src/demo/recording.ts';

const begin = Date.UTC(2026, 10, 23, 12);
const thinnings = {
  statusall: { everyMs: 2000, essence: (text: string) => text.replaceAll(/\d+ bytes/g, '') },
  addr: { everyMs: 5000, essence: () => '' },
};

/** A look each half second, alternately, until a minute after the beginning. */
function observe(text: (seconds: number) => string, lines: readonly Line[] = []): Observed {
  const looks = Array.from({ length: 130 }, (_, i): Look => {
    const at = begin - 5000 + i * 500;
    const name = i % 2 === 0 ? 'statusall' : 'addr';
    return { name, at, text: name === 'addr' ? `${i} packets` : text(i / 2 - 5) };
  });
  return { begin, end: begin + 60_000, looks, lines: [[begin + 30_000, 'x', ''], ...lines] };
}

/** Entries without the header, and without deltas. */
function encoded(observed: Observed): readonly (readonly unknown[])[] {
  const text = encodeRecording(observed, thinnings, {});
  const rows = text.trimEnd().split('\n').slice(1);
  return rows.map((row) => JSON.parse(row)).map(([at, name, , ...after]) => [at, name, ...after]);
}

const steady = (seconds: number): string => `A-1[1]: ESTABLISHED, ${seconds} bytes`;
const named = (rows: readonly (readonly unknown[])[], name: string) =>
  rows.filter((row) => row[1] === name);

void suite('encodeRecording', () => {
  test('counters are kept now and then', () => {
    const rows = encoded(observe(steady));
    assert.deepEqual(named(rows, 'statusall').slice(0, 3), [
      [0, 'statusall'],
      [2000, 'statusall'],
      [4000, 'statusall'],
    ]);
    assert.deepEqual(named(rows, 'addr').slice(0, 2), [
      [0, 'addr'],
      [4500, 'addr'],
    ]);
  });

  test('news are kept at once, and since when they can have been', () => {
    const rows = encoded(observe((s) => (s < 21 ? steady(s) : `${steady(s)}, B-1[2]: CREATED`)));
    const news = rows.filter((row) => row.length > 2);
    assert.deepEqual(news, [[21_000, 'statusall', 20_000]]);
  });

  test('a look during which a line was written is left out', () => {
    const lines: readonly Line[] = [[begin + 21_100, 'charon.log', 'a line']];
    const rows = encoded(observe((s) => (s < 21 ? steady(s) : `${steady(s)} since`), lines));
    assert.deepEqual(
      rows.filter((row) => row.length > 2),
      [[22_000, 'statusall', 20_000]],
    );
    assert.deepEqual(named(rows, 'charon.log'), [[21_100, 'charon.log']]);
  });

  test('the texts come back', () => {
    const text = encodeRecording(observe(steady), thinnings, { recordedOn: 'here' });
    const { entries, durationMs, recordedAt } = parseRecording(text);
    assert.equal(recordedAt, '2026-11-23T12:00:00.000Z');
    assert.equal(durationMs, 59_000);
    const [first] = entries.filter((entry) => entry.at === 4000);
    assert.deepEqual(first, { at: 4000, kind: 'output', name: 'statusall', text: steady(4) });
  });

  test('it begins and ends with the same SAs, as far as can be from any line', () => {
    const odd = (s: number): string =>
      s < 3 ? 'A-1[1]: CONNECTING' : s > 50 ? 'A-1[1]: DELETING' : steady(s);
    const lines = [5, 6.2, 7, 8, 9.4, 10, 11, 12, 13, 14].map((s): Line => [
      begin + s * 1000 - 100,
      'charon.log',
      'a line',
    ]);
    const text = encodeRecording(observe(odd, lines), thinnings, {});
    const { recordedAt, durationMs } = parseRecording(text);
    assert.equal(recordedAt, '2026-11-23T12:00:03.000Z');
    assert.equal(durationMs, 43_000);
  });

  test('ids do not matter for that, nor what has been replaced', () => {
    const text = (s: number): string =>
      s < 40 ? 'A-1[1]: ESTABLISHED\n' : 'A-1[7]: ESTABLISHED\nA-1{3}:  DELETED, TUNNEL\n';
    assert.doesNotThrow(() => encodeRecording(observe(text), thinnings, {}));
  });

  test('a story that does not end as it began is refused', () => {
    const text = (s: number): string => (s < 40 ? 'A-1[1]: ESTABLISHED' : 'A-1[1]: CONNECTING');
    assert.throws(() => encodeRecording(observe(text), thinnings, {}), /does not end as it began/);
  });
});
