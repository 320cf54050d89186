import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { systemClock } from '../../../src/platform/clock.ts';
import { createScheduler, isSchedule } from '../../../src/sources/scheduler.ts';
import { noon } from '../../helpers/events.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { until } from '../../helpers/until.ts';

const second = 1000;
const day = 86_400_000;

/** A scheduler with one job, and the seconds after noon at which it ran. */
function scheduled(cron: string, begin = noon) {
  const clock = new FakeClock(begin);
  const scheduler = createScheduler(clock);
  const runs: number[] = [];
  const job = scheduler.schedule(cron, () => runs.push((clock.now() - noon) / second));
  return { clock, scheduler, runs, job };
}

test('a job runs at the seconds that its expression names', async () => {
  const { clock, runs } = scheduled('5-59/10 * * * * *');
  await clock.advance(30 * second);
  assert.deepEqual(runs, [5, 15, 25]);
});

test('the beat is on the second, whenever it was started', async () => {
  const { clock, runs } = scheduled('*/2 * * * * *', noon + 1300);
  await clock.advance(5 * second);
  assert.deepEqual(runs, [2, 4, 6]);
});

test('jobs are independent of one another, and end when they are told', async () => {
  const { clock, scheduler, runs, job } = scheduled('*/2 * * * * *');
  const others: number[] = [];
  scheduler.schedule('*/3 * * * * *', () => others.push(clock.now() - noon));
  await clock.advance(4 * second);
  job.stop();
  job.stop();
  await clock.advance(5 * second);
  scheduler.close();
  await clock.advance(60 * second);
  assert.deepEqual(runs, [2, 4]);
  assert.deepEqual(others, [3000, 6000, 9000]);
  assert.equal(clock.armed, 0);
});

test('a job may close the scheduler', async () => {
  const clock = new FakeClock();
  const scheduler = createScheduler(clock);
  scheduler.schedule('* * * * * *', () => scheduler.close());
  await clock.advance(3 * second);
  assert.equal(clock.armed, 0);
});

for (const { what, to, runs: expected } of [
  { what: 'a day forward', to: noon + day + 4 * second, runs: [2, day / 1000 + 6, day / 1000 + 8] },
  { what: 'thirty years forward', to: noon + 11_000 * day, runs: [2, 950_400_002, 950_400_004] },
  { what: 'a minute back', to: noon - 56 * second, runs: [2, -54, -52] },
  { what: 'a moment back', to: noon + 2 * second + 500, runs: [2, 4, 6] },
]) {
  test(`the clock is set ${what}: no slot is walked through, none is waited for`, async () => {
    const { clock, runs } = scheduled('*/2 * * * * *');
    await clock.advance(3 * second);
    clock.set(to);
    const began = performance.now();
    await clock.advance(4 * second + 600);
    assert.ok(performance.now() - began < 500);
    assert.deepEqual(runs, expected);
  });
}

test('slots that passed while the loop stood still are made up for, with one run', async () => {
  const { clock, runs } = scheduled('*/2 * * * * *');
  await clock.advance(second);
  clock.set(noon + 4900);
  await clock.advance(second);
  assert.deepEqual(runs, [5.9]);
  await clock.advance(second);
  assert.deepEqual(runs, [5.9, 6]);
});

test('what is a schedule', () => {
  assert.equal(isSchedule('*/10 * * * * *'), true);
  assert.equal(isSchedule('  0 0 3 * * sun '), true);
  assert.equal(isSchedule('*/10 * * * *'), false, 'without seconds');
  assert.equal(isSchedule('61 * * * * *'), false);
  assert.equal(isSchedule('a b c d e f'), false);
});

test('on the system clock', async () => {
  const scheduler = createScheduler(systemClock);
  const runs: number[] = [];
  scheduler.schedule('* * * * * *', () => runs.push(systemClock.now() % 1000));
  await until('two runs', () => runs.length === 2);
  scheduler.close();
  assert.ok(
    runs.every((ms) => ms < 900),
    runs.join(),
  );
});

test('the wall clock of a real process jumps by thirty days', () => {
  const script = `
    const { createScheduler } = await import(${JSON.stringify(import.meta.resolve('../../../src/sources/scheduler.ts'))});
    const { systemClock } = await import(${JSON.stringify(import.meta.resolve('../../../src/platform/clock.ts'))});
    const RealDate = Date;
    let offset = 0;
    globalThis.Date = class extends RealDate {
      constructor(...args) { super(...(args.length === 0 ? [RealDate.now() + offset] : args)); }
      static now() { return RealDate.now() + offset; }
    };
    const { promise, resolve } = Promise.withResolvers();
    const runs = { before: 0, after: 0 };
    const count = () => {
      if (offset === 0) runs.before += 1; else runs.after += 1;
      if (runs.after === 4) resolve();
    };
    const scheduler = createScheduler(systemClock);
    for (let i = 0; i < 4; i += 1) scheduler.schedule('* * * * * *', count);
    const wake = setInterval(() => { if (runs.before > 0) offset = ${30 * day}; }, 1);
    let [last, stall] = [performance.now(), 0];
    const watch = setInterval(() => {
      stall = Math.max(stall, performance.now() - last);
      last = performance.now();
    }, 5);
    await promise;
    clearInterval(wake);
    clearInterval(watch);
    scheduler.close();
    process.stdout.write(JSON.stringify({ stall }));
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script]);
  const { stall }: { stall: number } = JSON.parse(output.toString());
  assert.ok(stall < 1000, `the loop stood still for ${stall} ms`);
});
