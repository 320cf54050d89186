import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { recording, rehearse } from './rehearsal.ts';
import type { Seen } from './rehearsal.ts';

const { durationMs } = recording;
const settledMs = 5000;

/** `Osaka_Primary: up > down (interface-down)`; of a group, with what changed over. */
function text({ change }: Seen): string {
  switch (change.kind) {
    case 'tunnel':
      return `${change.tunnel}: ${change.from} > ${change.to} (${change.cause})`;
    case 'group':
      return `${change.group}: ${change.from} > ${change.to} (${change.switched ?? ''} ${change.reason ?? ''})`;
    case 'interface':
      return `${change.interface}: ${change.up}`;
    default:
      return change.kind;
  }
}

const of = (seen: readonly Seen[], name: string): readonly string[] =>
  seen.map(text).filter((line) => line.startsWith(`${name}: `));

// A poll at any moment must fit the log lines that were shown before it.
for (const pollEveryMs of [2000, 100]) {
  void suite(`two repetitions, polled every ${pollEveryMs} ms`, async () => {
    const seen = (await rehearse(2, pollEveryMs)).filter(({ change }) => change.kind !== 'event');
    const first = seen.filter(({ atMs }) => atMs > 0 && atMs < durationMs);
    const second = seen.filter(({ atMs }) => atMs >= durationMs);

    test('the second is like the first', () => {
      assert.ok(first.length > 50);
      assert.deepEqual(second.map(text).toSorted(), first.map(text).toSorted());
    });

    test('nothing changes where one goes over into the other', () => {
      const around = seen.filter(({ atMs }) => Math.abs(atMs - durationMs) < settledMs);
      assert.deepEqual(
        around.map(text).filter((line) => !line.startsWith('Kobe: ')),
        [],
      );
    });

    test('what was seen first in the log has its cause from there', () => {
      assert.deepEqual(
        first.map(text).filter((line) => /\((?:observed|unknown|source-\w+)\)/.test(line)),
        [],
      );
    });

    test('a group fails over because of its interface, and back', () => {
      assert.deepEqual(of(first, 'Osaka'), [
        'Osaka: primary > switching ( )',
        'Osaka: switching > failed_over (failover interface-down)',
        'Osaka: failed_over > switching ( )',
        'Osaka: switching > primary (failback terminated)',
      ]);
      assert.deepEqual(of(first, 'wan1'), ['wan1: false', 'wan1: true']);
    });

    test('a group fails over because its peer is dead, and back', () => {
      assert.deepEqual(of(first, 'Nagoya'), [
        'Nagoya: primary > switching ( )',
        'Nagoya: switching > failed_over (failover dead-peer)',
        'Nagoya: failed_over > switching ( )',
        'Nagoya: switching > primary (failback terminated)',
      ]);
    });

    test('every state occurs', () => {
      const states = seen.flatMap(({ change }) => (change.kind === 'tunnel' ? change.to : []));
      assert.deepEqual(
        [...new Set(states)].toSorted(),
        'connecting down orphaned partial phase1 stalled standby up'.split(' '),
      );
    });

    test('a rekey is no change', () => {
      for (const name of ['Sendai', 'Fukuoka', 'Hiroshima', 'Okayama', 'Niigata', 'Naha']) {
        assert.deepEqual([...of(first, name), ...of(second, name)], [], name);
      }
    });
  });
}
