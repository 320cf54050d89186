import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TunnelEvent } from '../../../src/events/tunnel-event.ts';
import { InterfaceMonitor } from '../../../src/sources/interface-monitor.ts';
import { captureLogger } from '../../helpers/capture-logger.ts';
import { noon } from '../../helpers/events.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { fakeStreams } from '../../helpers/fake-exec.ts';

const second = 1000;
const down = '3: wan1@if4: <BROADCAST,MULTICAST> mtu 1500 qdisc noqueue state DOWN group default ';
const up = '3: wan1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 state UP group default ';

function monitored() {
  const [clock, logger] = [new FakeClock(), captureLogger()];
  const { streamLines, streams } = fakeStreams();
  const events: TunnelEvent[] = [];
  const doubts: number[] = [];
  const monitor = new InterfaceMonitor(['ip', 'monitor'], {
    clock,
    logger,
    streamLines,
    onEvents: (some) => events.push(...some),
    onDoubt: () => doubts.push(clock.now() - noon),
  });
  monitor.start();
  return { clock, logger, streams, events, doubts, monitor };
}

test('tells of links as they go down and come up, and has the listing looked at', async () => {
  const { clock, streams, events, doubts } = monitored();
  assert.deepEqual(doubts, [0], 'what happened before it was there');
  assert.deepEqual(streams[0]?.argv, ['ip', 'monitor']);
  await clock.advance(second);
  streams[0]?.print(down);
  streams[0]?.print(up);
  const evidence = (text: string) => {
    return { source: 'interface-monitor', at: noon + second, text: text.trim() };
  };
  const link = { kind: 'interface-changed', at: noon + second, interface: 'wan1' };
  assert.deepEqual(events, [
    { ...link, up: false, evidence: evidence(down) },
    { ...link, up: true, evidence: evidence(up) },
  ]);
  assert.deepEqual(doubts, [0, second, second]);
});

test('a removed interface, an address, and a line that says nothing', () => {
  const { streams, events, doubts } = monitored();
  streams[0]?.print('Deleted 5: xfrm1@NONE: <NOARP> mtu 1400 qdisc noop state DOWN group default ');
  streams[0]?.print('3: wan1    inet 192.0.2.1/24 scope global wan1');
  streams[0]?.print('    valid_lft forever preferred_lft forever');
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['interface-removed'],
  );
  assert.equal(doubts.length, 3);
});

test('starts again when it ends, later and later', async () => {
  const { clock, streams, monitor, logger } = monitored();
  const startedAt: number[] = [];
  for (let i = 0; i < 8; i += 1) {
    startedAt.push((clock.now() - noon) / second);
    streams.at(-1)?.end('ip ended with status 1');
    assert.equal(monitor.status.up, false);
    assert.equal(monitor.status.problem, 'ip ended with status 1');
    const { length } = streams;
    while (streams.length === length) await clock.advance(second);
  }
  assert.deepEqual(startedAt, [0, 1, 3, 7, 15, 31, 61, 91]);
  assert.deepEqual(logger.lines, ['warn: ip ended with status 1']);
  const { runs, failures, up: isUp, problem } = monitor.status;
  assert.deepEqual(
    { runs, failures, isUp, problem },
    {
      runs: 9,
      failures: 8,
      isUp: true,
      problem: undefined,
    },
  );
});

test('one that has lived for a while starts again soon', async () => {
  const { clock, streams, logger } = monitored();
  for (let i = 0; i < 5; i += 1) {
    streams.at(-1)?.end('gone');
    await clock.advance(30 * second);
  }
  await clock.advance(60 * second);
  streams.at(-1)?.end('gone otherwise');
  await clock.advance(second);
  assert.equal(streams.length, 7);
  assert.deepEqual(logger.lines, ['warn: gone', 'warn: gone otherwise']);
});

test('its status', async () => {
  const { clock, streams, monitor } = monitored();
  await clock.advance(5 * second);
  streams[0]?.print(up);
  assert.deepEqual(monitor.status, {
    name: 'interface-monitor',
    required: false,
    standby: false,
    serving: undefined,
    up: true,
    lastSuccessAt: noon + 5 * second,
    durationMs: undefined,
    runs: 1,
    failures: 0,
    skipped: 0,
    problem: undefined,
  });
});

test('stopped, while it runs and while it waits', async () => {
  const { clock, streams, monitor } = monitored();
  monitor.stop();
  assert.equal(streams[0]?.stopped, true);
  const other = monitored();
  other.streams[0]?.end('gone');
  other.monitor.stop();
  await other.clock.advance(60 * second);
  assert.equal(other.streams.length, 1);
  assert.equal(clock.armed + other.clock.armed, 0);
});
