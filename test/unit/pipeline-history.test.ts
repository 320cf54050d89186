import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredChange } from '../../src/store/history.ts';
import { pair, second, up } from '../helpers/engine-run.ts';
import { childClosing, childUp, established, logged, noon } from '../helpers/events.ts';
import { day, piped } from '../helpers/pipeline.ts';
import { position } from '../helpers/store.ts';

const yesterday = noon - day;
const at = (seconds: number): number => yesterday + seconds * second;
const lost = (seconds: number) => logged(childClosing('T-1', 1), at(seconds));
const back = (seconds: number) => logged(childUp('T-1', 2), at(seconds));
const begin = [logged(established(), at(0)), logged(childUp('T-1', 1), at(0))];

function moves(stored: readonly StoredChange[]): readonly string[] {
  return stored.flatMap((change) =>
    change.kind === 'tunnel' ? [`${change.to} +${(change.at - yesterday) / second}`] : [],
  );
}

test('old logs are judged by their own times: a loss of a minute is one', async (t) => {
  const { clock, pipeline, stored } = piped(t);
  pipeline.ingest([...begin, lost(100), back(160)]);
  await clock.advance(second);
  assert.deepEqual(moves(stored), ['phase1 +0', 'up +0', 'phase1 +100', 'up +160']);
});

test('old logs are judged by their own times: a gap of two seconds is none, whatever lies between the chunks', async (t) => {
  const { clock, pipeline, stored } = piped(t);
  pipeline.ingest([...begin, lost(100)]);
  await clock.advance(100);
  pipeline.ingest([], position('/log/a', 5));
  await clock.advance(100);
  pipeline.ingest([back(102)]);
  await clock.advance(second);
  assert.deepEqual(moves(stored), ['phase1 +0', 'up +0']);
});

test('at the end of old logs what was still held is over', async (t) => {
  const { clock, pipeline, stored } = piped(t);
  pipeline.ingest([...begin, lost(100)]);
  for (let i = 0; i < 5; i += 1) {
    await clock.advance(100);
    pipeline.ingest([], position('/log/a', i));
  }
  await clock.advance(100);
  assert.deepEqual(moves(stored), ['phase1 +0', 'up +0', 'phase1 +100']);
});

test('a group of old logs changes at its own times as well', async (t) => {
  const { clock, pipeline, stored } = piped(t, pair);
  await clock.advance(50);
  stored.splice(0);
  pipeline.ingest([up(at(0), 'A'), up(at(10))]);
  pipeline.ingest([up(at(600), 'B')]);
  await clock.advance(second);
  const groups = stored.flatMap((change) =>
    change.kind === 'group' ? [`${change.to} +${(change.at - yesterday) / second}`] : [],
  );
  assert.deepEqual(groups, ['primary +0', 'switching +10', 'down +70', 'failed_over +600']);
});
