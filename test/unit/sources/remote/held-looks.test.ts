import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeldLooks } from '../../../../src/sources/remote/held-looks.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';

function createHeld() {
  const clock = new FakeClock();
  const marks = { asOf: 0 };
  const seen: number[] = [];
  const held = new HeldLooks({
    clock,
    onEvents: (events) => seen.push(...events.map(({ at }) => at)),
    readAsOf: () => marks.asOf,
  });
  const look = (at: number): void => held.take([{ kind: 'tick', at }]);
  return { clock, marks, seen, held, look };
}

test('a look waits for the lines that were written before it was over', async () => {
  const { clock, marks, seen, held, look } = createHeld();
  const begin = clock.now();
  await clock.advance(1000);
  look(begin);
  await clock.advance(1000);
  look(begin + 1500);
  marks.asOf = begin + 1000;
  held.release();
  assert.deepEqual(seen, []);
  marks.asOf = begin + 1001;
  held.release();
  assert.deepEqual(seen, [begin]);
  marks.asOf = Infinity;
  held.release();
  assert.deepEqual(seen, [begin, begin + 1500]);
  look(begin + 1900);
  held.take([]);
  assert.deepEqual(seen, [begin, begin + 1500, begin + 1900]);
});

test('logs that do not come are not waited for without end', async () => {
  const { clock, seen, look } = createHeld();
  look(1000);
  await clock.advance(50_000);
  look(2000);
  await clock.advance(9_999);
  assert.deepEqual(seen, []);
  await clock.advance(1);
  assert.deepEqual(seen, [1000]);
  await clock.advance(50_000);
  assert.deepEqual(seen, [1000, 2000]);
  assert.equal(clock.armed, 0);
});

test('nothing is passed on once it has stopped', async () => {
  const { clock, marks, seen, held, look } = createHeld();
  look(1000);
  held.stop();
  marks.asOf = Infinity;
  held.release();
  await clock.advance(60_000);
  assert.deepEqual(seen, []);
});
