import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createDelta } from '../../../src/demo/delta.ts';
import { parseRecording } from '../../../src/demo/recording.ts';
import { parseStatusall } from '../../../src/parsers/statusall.ts';
import { config, recording, recordingText } from './rehearsal.ts';

const texts = (name: string): readonly string[] =>
  recording.entries.flatMap((entry) =>
    entry.kind !== 'mark' && entry.name === name ? entry.text : [],
  );

void suite('the recording', () => {
  test('is small', () => assert.ok(recordingText.length < 1_000_000));

  test('lasts some four minutes, in the order in which it is shown', () => {
    const times = recording.entries.map(({ at }) => at);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.ok(recording.durationMs > 200_000 && recording.durationMs < 280_000);
    assert.ok(times.at(-1)! < recording.durationMs);
  });

  test('has everything from its beginning', () => {
    const first = recording.entries.filter(({ at }) => at === 0);
    const names = first.flatMap((entry) => (entry.kind === 'output' ? entry.name : []));
    assert.deepEqual(names.toSorted(), ['addr', 'statusall', 'xfrm-stat', 'xfrm-state']);
  });

  test('has lines of each log', () => {
    for (const name of ['charon.log', 'strongswan.log', 'ip-monitor']) {
      assert.notEqual(texts(name).length, 0, name);
    }
  });

  test('is shown little later than it happened', () => {
    const happened = recordingText
      .split('\n')
      .slice(1, -1)
      .map((line) => Number(/\d+/.exec(line)));
    const delays = recording.entries.map(({ at }, i) => at - happened[i]!);
    assert.ok(Math.min(...delays) >= 0);
    assert.ok(Math.max(...delays) < 3000, `${Math.max(...delays)} ms`);
  });

  test('has the configured tunnels, and no others', () => {
    const listing = parseStatusall(texts('statusall')[0] ?? '');
    assert.ok(listing.ok);
    const children = listing.connections.flatMap((connection) => connection.children);
    const names = children.map(({ name }) => name.replace(/-\d$/, ''));
    assert.deepEqual(
      [...new Set(names)].toSorted(),
      config.tunnels.map(({ name }) => name).toSorted(),
    );
  });

  test('holds no secret', () => {
    assert.doesNotMatch(recordingText, /not-for-the-record/);
    assert.doesNotMatch(recordingText, /0x[0-9a-f]{17}/);
    for (const text of texts('xfrm-state')) {
      for (const line of text.match(/^\s(?:enc|auth|auth-trunc|aead|comp) .*$/gm) ?? []) {
        assert.match(line, /<<Keys hidden>>/);
      }
    }
  });
});

void suite('parseRecording', () => {
  const parse = (...lines: readonly unknown[]) =>
    parseRecording(
      [{ durationMs: 9000 }, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''),
    );

  test('an output is the one before with the delta', () => {
    const [old, now] = ['a\nb\nc\n', 'a\nx\nc\n'];
    const { entries } = parse(
      [0, 'addr', createDelta('', old)],
      [50, 'addr', createDelta(old, now)],
    );
    assert.deepEqual(entries, [
      { at: 0, kind: 'output', name: 'addr', text: old },
      { at: 50, kind: 'output', name: 'addr', text: now },
    ]);
  });

  const line = (at: number): unknown => [at, 'charon.log', `line ${at}`];
  const news = (at: number, after: number): unknown => [at, 'statusall', [String(at)], after];
  const cases: readonly (readonly [string, readonly unknown[], readonly number[]])[] = [
    ['a line alone is shown when it was written', [line(10)], [10]],
    ['an output without news is shown when it was seen', [[10, 'addr', ['x']], line(15)], [10, 15]],
    [
      'lines wait for the output that knows of them',
      [line(10), line(11), news(20, 5)],
      [20, 20, 20],
    ],
    [
      'what the output before could know does not wait',
      [line(5), line(6), news(20, 5)],
      [5, 20, 20],
    ],
    ['what comes later does not wait', [news(20, 5), line(21)], [20, 21]],
    [
      'steps that overlap are one',
      [line(6), news(20, 5), line(22), news(30, 15)],
      [30, 30, 30, 30],
    ],
    ['steps that touch are two', [line(6), news(20, 5), line(22), news(30, 20)], [20, 20, 30, 30]],
  ];
  for (const [name, lines, expected] of cases) {
    test(name, () => {
      assert.deepEqual(
        parse(...lines).entries.map(({ at }) => at),
        expected,
      );
    });
  }

  test('marks are entries, and listed', () => {
    const { entries, marks } = parse([3, 'mark', 'wan1 goes down']);
    assert.deepEqual(entries, [{ at: 3, kind: 'mark', text: 'wan1 goes down' }]);
    assert.deepEqual(marks, entries);
  });
});
