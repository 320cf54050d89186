import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TunnelEvent } from '../../../src/events/tunnel-event.ts';
import { Poller } from '../../../src/sources/poller.ts';
import type { Look, PollerOptions } from '../../../src/sources/poller.ts';
import { captureLogger } from '../../helpers/capture-logger.ts';
import { noon } from '../../helpers/events.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeScheduler } from '../../helpers/fake-scheduler.ts';

const second = 1000;
const seen: Look = { ok: true, events: [{ kind: 'xfrm-errors', at: noon, counters: {} }] };
const failed: Look = { ok: false, detail: 'no luck' };

/** A poller whose looks the test ends one by one. */
function polled(options: Partial<PollerOptions> = {}) {
  const [clock, scheduler, logger] = [new FakeClock(), new FakeScheduler(), captureLogger()];
  const events: TunnelEvent[] = [];
  const looks: { readonly at: number; readonly end: (look: Look) => Promise<void> }[] = [];
  const poller = new Poller(
    { name: 'p', schedule: '*/10 * * * * *', required: true, lostAfterMs: 30 * second, ...options },
    (at) => {
      const { promise, resolve } = Promise.withResolvers<Look>();
      looks.push({
        at,
        async end(look) {
          resolve(look);
          await clock.breathe();
        },
      });
      return promise;
    },
    { clock, scheduler, logger, onEvents: (some) => events.push(...some) },
  );
  poller.start();
  const kinds = (): readonly string[] => events.splice(0).map(({ kind }) => kind);
  return { clock, scheduler, logger, looks, poller, events, kinds };
}

test('looks at once and by the schedule, and says what it saw', async () => {
  const { clock, scheduler, looks, poller, kinds } = polled();
  assert.deepEqual(scheduler.crons, ['*/10 * * * * *']);
  assert.equal(looks[0]?.at, noon);
  assert.equal(poller.status.up, false);
  await clock.advance(300);
  await looks[0]?.end(seen);
  assert.deepEqual(kinds(), ['source-answered', 'xfrm-errors']);
  await clock.advance(10 * second);
  scheduler.fire();
  await looks[1]?.end(seen);
  assert.deepEqual(kinds(), ['xfrm-errors']);
  assert.deepEqual(poller.status, {
    name: 'p',
    required: true,
    standby: false,
    serving: undefined,
    up: true,
    lastSuccessAt: noon + 300 + 10 * second,
    durationMs: 0,
    runs: 2,
    failures: 0,
    skipped: 0,
    problem: undefined,
  });
});

test('the moment and the duration are those of the look', async () => {
  const { clock, looks, poller } = polled();
  await clock.advance(1500);
  await looks[0]?.end(seen);
  assert.equal(poller.status.lastSuccessAt, noon);
  assert.equal(poller.status.durationMs, 1500);
});

test('never two looks at once: a slot that finds one at work is skipped and counted', async () => {
  const { scheduler, looks, poller } = polled();
  scheduler.fire();
  scheduler.fire();
  assert.equal(looks.length, 1);
  assert.equal(poller.status.skipped, 2);
  await looks[0]?.end(seen);
  scheduler.fire();
  assert.equal(looks.length, 2);
});

test('the first failure costs nothing; then the pauses double, up to half a minute', async () => {
  const { clock, scheduler, looks, poller } = polled({ lostAfterMs: 1000 * second });
  const triedAt: number[] = [];
  let ended = 0;
  for (let at = 0; at < 150; at += 1) {
    if (looks.length > ended) {
      triedAt.push(at);
      await looks[ended]?.end(failed);
      ended += 1;
    }
    await clock.advance(second);
    scheduler.fire();
  }
  assert.deepEqual(triedAt, [0, 1, 5, 13, 29, 59, 89, 119, 149]);
  assert.equal(poller.status.failures, ended);
  assert.equal(poller.status.problem, 'no luck');
  assert.equal(poller.status.skipped, 150 - looks.length + 1);
});

test('a success ends the pauses', async () => {
  const { clock, scheduler, looks, poller, logger } = polled();
  await looks[0]?.end(failed);
  scheduler.fire();
  await looks[1]?.end(failed);
  scheduler.fire();
  assert.equal(looks.length, 2);
  await clock.advance(4 * second);
  scheduler.fire();
  await looks[2]?.end(seen);
  scheduler.fire();
  await looks[3]?.end(failed);
  scheduler.fire();
  assert.equal(looks.length, 5);
  assert.equal(poller.status.up, true);
  assert.deepEqual(logger.lines, ['warn: p: no luck', 'info: p answers again', 'warn: p: no luck']);
});

test('one complaint for the same trouble, another one for another', async () => {
  const { scheduler, looks, logger } = polled();
  await looks[0]?.end(failed);
  scheduler.fire();
  await looks[1]?.end(failed);
  assert.deepEqual(logger.lines, ['warn: p: no luck']);
});

test('lost after failures for too long, and found again', async () => {
  const { clock, scheduler, looks, poller, events, kinds, logger } = polled();
  await looks[0]?.end(seen);
  kinds();
  await clock.advance(10 * second);
  scheduler.fire();
  await looks[1]?.end(failed);
  await clock.advance(19 * second);
  assert.deepEqual(events, []);
  await clock.advance(second);
  assert.deepEqual(events.splice(0), [
    { kind: 'source-lost', at: noon + 30 * second, source: 'p', detail: 'no luck' },
  ]);
  assert.equal(poller.status.up, false);
  assert.ok(logger.lines.includes('error: p is lost: no luck'));
  await clock.advance(60 * second);
  assert.deepEqual(events, [], 'it is lost only once');
  scheduler.fire();
  await looks[2]?.end(seen);
  assert.deepEqual(kinds(), ['source-answered', 'xfrm-errors']);
});

test('a schedule that is slower than the alarm loses nothing while the looks succeed', async () => {
  const { clock, scheduler, looks, poller, kinds } = polled();
  await looks[0]?.end(seen);
  await clock.advance(300 * second);
  assert.equal(poller.status.up, true);
  kinds();
  scheduler.fire();
  await looks[1]?.end(failed);
  assert.deepEqual(kinds(), ['source-lost'], 'the first look that fails shows that it is lost');
});

test('lost without ever having answered', async () => {
  const { clock, looks, kinds } = polled();
  await looks[0]?.end(failed);
  await clock.advance(30 * second);
  assert.deepEqual(kinds(), ['source-lost']);
});

test('a poke looks at once, and again after a look that may have been too early', async () => {
  const { clock, looks, poller } = polled();
  poller.poke();
  poller.poke();
  assert.equal(looks.length, 1);
  await clock.advance(2 * second);
  await looks[0]?.end(seen);
  assert.equal(looks.length, 2);
  await looks[1]?.end(seen);
  await clock.advance(10 * second);
  assert.equal(looks.length, 2);
  poller.poke();
  assert.equal(looks.length, 3);
});

test('a poke does not wait for the pause after failures', async () => {
  const { clock, scheduler, looks, poller } = polled();
  await looks[0]?.end(failed);
  scheduler.fire();
  await looks[1]?.end(failed);
  await clock.advance(second);
  poller.poke();
  assert.equal(looks.length, 3);
});

test('what keeps changing is looked at once a second', async () => {
  const { clock, looks, poller } = polled();
  await looks[0]?.end(seen);
  for (let i = 0; i < 50; i += 1) {
    poller.poke();
    await clock.advance(100);
    await looks.at(-1)?.end(seen);
  }
  assert.equal(looks.length, 6);
});

test('after the stop nothing is said and nothing begins', async () => {
  const { clock, scheduler, looks, poller, events } = polled();
  poller.poke();
  poller.stop();
  await looks[0]?.end(seen);
  poller.poke();
  scheduler.fire();
  await clock.advance(100 * second);
  assert.equal(looks.length, 1);
  assert.deepEqual(events, []);
  assert.equal(clock.armed, 0);
});

test('a poke that waits is called off by the stop', async () => {
  const { clock, looks, poller } = polled();
  await looks[0]?.end(seen);
  poller.poke();
  poller.stop();
  await clock.advance(10 * second);
  assert.equal(looks.length, 1);
});
