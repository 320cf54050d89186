import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TunnelEvent } from '../../../src/events/tunnel-event.ts';
import { Fallback } from '../../../src/sources/fallback.ts';
import { Poller } from '../../../src/sources/poller.ts';
import { captureLogger } from '../../helpers/capture-logger.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeScheduler } from '../../helpers/fake-scheduler.ts';

const second = 1000;

/** The three sources; the test says which of them answer. */
function sources(names: readonly ('vici' | 'statusall' | 'xfrm-state')[]) {
  const [clock, scheduler, logger] = [new FakeClock(), new FakeScheduler(), captureLogger()];
  const answering = new Set<string>(names);
  const asked: string[] = [];
  const events: TunnelEvent[] = [];
  const poller = (name: 'vici' | 'statusall' | 'xfrm-state'): Poller | undefined => {
    if (!names.includes(name)) return undefined;
    const options = { name, schedule: '', required: name !== 'vici', lostAfterMs: 30 * second };
    const dependencies = {
      clock,
      scheduler,
      logger,
      onEvents: (some: readonly TunnelEvent[]) => void events.push(...some),
      ...(name === 'vici' && { onLook: (ok: boolean) => fallback.settle(ok) }),
    };
    return new Poller(
      options,
      async () => {
        asked.push(name);
        return answering.has(name) ? { ok: true, events: [] } : { ok: false, detail: 'no' };
      },
      dependencies,
    );
  };
  const fallback: Fallback = new Fallback({
    socket: poller('vici'),
    charon: poller('statusall'),
    kernel: poller('xfrm-state'),
  });
  const tick = async (ms = 10 * second): Promise<readonly string[]> => {
    await clock.advance(ms);
    scheduler.fire();
    await clock.breathe();
    return asked.splice(0);
  };
  const serving = () => fallback.status.find((status) => status.serving === true)?.name;
  const standby = () => fallback.status.flatMap(({ name, standby: idle }) => (idle ? name : []));
  return { fallback, answering, asked, tick, serving, standby, clock, events };
}

const all = ['vici', 'statusall', 'xfrm-state'] as const;

test('while VICI answers, nothing else is asked', async () => {
  const { fallback, asked, tick, serving, standby, clock } = sources(all);
  fallback.start();
  assert.deepEqual(standby(), [], 'who serves is not known yet');
  await clock.breathe();
  assert.deepEqual(asked.splice(0), ['vici']);
  for (let i = 0; i < 10; i += 1) assert.deepEqual(await tick(), ['vici']);
  assert.deepEqual([serving(), standby()], ['vici', ['statusall', 'xfrm-state']]);
  assert.equal(
    fallback.status.every(({ failures }) => failures === 0),
    true,
  );
});

test('VICI goes: the commands take over at once, and rest when it is back', async () => {
  const { fallback, answering, tick, serving, standby } = sources(all);
  fallback.start();
  await tick();
  answering.delete('vici');
  assert.deepEqual(await tick(), ['vici', 'statusall', 'xfrm-state']);
  assert.deepEqual([serving(), standby()], ['statusall', []]);
  answering.add('vici');
  await tick(30 * second);
  assert.equal(serving(), 'vici');
  assert.deepEqual(await tick(), ['vici']);
});

test('the kernel speaks for charon once charon’s own sources are lost', async () => {
  const { fallback, answering, tick, serving, events } = sources(all);
  fallback.start();
  await tick();
  answering.delete('vici');
  answering.delete('statusall');
  await tick();
  assert.equal(serving(), undefined);
  for (let i = 0; i < 4; i += 1) await tick();
  assert.equal(serving(), 'xfrm-state');
  assert.deepEqual(
    events.flatMap((event) => (event.kind === 'source-lost' ? event.source : [])).toSorted(),
    ['statusall', 'vici'],
  );
});

test('without VICI', async () => {
  const { fallback, asked, clock, serving } = sources(['statusall', 'xfrm-state']);
  fallback.start();
  await clock.breathe();
  assert.deepEqual(asked.splice(0), ['statusall', 'xfrm-state']);
  assert.equal(serving(), 'statusall');
  fallback.poke();
  await clock.advance(second);
  fallback.pokeCounters();
  await clock.breathe();
  assert.deepEqual(asked, ['xfrm-state']);
});

test('counters are asked for where they come from', async () => {
  const { fallback, answering, asked, clock } = sources(all);
  fallback.start();
  await clock.advance(second);
  asked.splice(0);
  fallback.pokeCounters();
  await clock.breathe();
  assert.deepEqual(asked.splice(0), ['vici']);
  answering.delete('vici');
  await clock.advance(second);
  fallback.poke();
  await clock.advance(second);
  asked.splice(0);
  fallback.pokeCounters();
  await clock.breathe();
  assert.deepEqual(asked.splice(0), ['xfrm-state']);
  fallback.stop();
  fallback.pokeCounters();
  await clock.breathe();
  assert.deepEqual(asked, []);
});

test('VICI alone', async () => {
  const { fallback, answering, tick, serving } = sources(['vici']);
  fallback.start();
  await tick();
  assert.equal(serving(), 'vici');
  answering.clear();
  await tick();
  assert.equal(serving(), undefined);
});
