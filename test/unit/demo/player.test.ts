import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Player } from '../../../src/demo/player.ts';
import type { Recording } from '../../../src/demo/recording.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

const mark = { at: 2000, kind: 'mark', text: 'wan1 goes down' } as const;
const stamp = '2026-11-23 13:46:59';
const recording: Recording = {
  recordedAt: '2026-11-23T13:46:31.274Z',
  durationMs: 10_000,
  entries: [
    { at: 0, kind: 'output', name: 'statusall', text: 'A-1[1]: ESTABLISHED' },
    { at: 1000, kind: 'line', name: 'charon.log', text: `${stamp} 05[IKE] <A-1|1> first` },
    mark,
    { at: 2000, kind: 'line', name: 'ip-monitor', text: '2: wan1@if2: <BROADCAST>' },
    { at: 9500, kind: 'output', name: 'statusall', text: 'A-1[2]: ESTABLISHED' },
  ],
  marks: [mark],
};

function play() {
  const clock = new FakeClock();
  const seen: string[] = [];
  const log = (...words: readonly string[]): void => {
    seen.push([String(clock.monotonicMs()), ...words].join(' '));
  };
  const player = new Player(recording, {
    clock,
    onMark: ({ text }) => log('mark', text),
    stage: {
      append: (name, text) => log('append', name, text.trimEnd()),
      replace: (name, text) => log('replace', name, text),
      rotate: (name) => log('rotate', name),
    },
  });
  return { clock, player, seen };
}

void suite('player', () => {
  test('history ends now, without outputs', () => {
    const { player, seen } = play();
    player.writeHistory();
    assert.deepEqual(seen, [
      '0 append charon.log 2026-11-23 11:59:51 05[IKE] <A-1|1> first',
      '0 append ip-monitor 2: wan1@if2: <BROADCAST>',
    ]);
  });

  test('the beginning is there at once', () => {
    const { player, seen } = play();
    player.start();
    assert.deepEqual(seen, ['0 replace statusall A-1[1001]: ESTABLISHED']);
  });

  test('everything at its time, and all over again with new ids', async () => {
    const { clock, player, seen } = play();
    player.start();
    await clock.advance(11_000);
    assert.deepEqual(seen, [
      '0 replace statusall A-1[1001]: ESTABLISHED',
      '1000 append charon.log 2026-11-23 12:00:01 05[IKE] <A-1|1001> first',
      '2000 mark wan1 goes down',
      '2000 append ip-monitor 2: wan1@if2: <BROADCAST>',
      '9500 replace statusall A-1[1002]: ESTABLISHED',
      '10000 rotate charon.log',
      '10000 rotate ip-monitor',
      '10000 replace statusall A-1[2001]: ESTABLISHED',
      '11000 append charon.log 2026-11-23 12:00:11 05[IKE] <A-1|2001> first',
    ]);
  });

  test('stamps follow the wall clock when somebody sets it', async () => {
    const { clock, player, seen } = play();
    player.start();
    clock.set(Date.UTC(2027, 0, 1));
    await clock.advance(1000);
    assert.equal(seen[1], '1000 append charon.log 2027-01-01 00:00:01 05[IKE] <A-1|1001> first');
  });

  test('nothing is shown after it was stopped', async () => {
    const { clock, player, seen } = play();
    player.start();
    player.stop();
    await clock.advance(30_000);
    assert.equal(seen.length, 1);
    assert.equal(clock.armed, 0);
  });
});
