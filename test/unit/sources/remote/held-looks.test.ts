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

test('a look waits for the lines that were written before it began', () => {
  const { marks, seen, held, look } = createHeld();
  look(1000);
  look(2000);
  marks.asOf = 1000;
  held.release();
  assert.deepEqual(seen, []);
  marks.asOf = 1500;
  held.release();
  assert.deepEqual(seen, [1000]);
  look(1200);
  assert.deepEqual(seen, [1000]);
  marks.asOf = Infinity;
  held.release();
  assert.deepEqual(seen, [1000, 2000, 1200]);
  look(3000);
  held.take([]);
  assert.deepEqual(seen, [1000, 2000, 1200, 3000]);
});

test('logs that do not come are not waited for without end', async () => {
  const { clock, seen, look } = createHeld();
  look(1000);
  await clock.advance(20_000);
  look(2000);
  await clock.advance(9_999);
  assert.deepEqual(seen, []);
  await clock.advance(1);
  assert.deepEqual(seen, [1000]);
  await clock.advance(20_000);
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
