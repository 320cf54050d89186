import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holderOf, nextLink, nextLinks } from '../../../src/engine/links.ts';
import type { Link } from '../../../src/engine/links.ts';
import { links } from '../../helpers/engine.ts';
import { evidence, noon } from '../../helpers/events.ts';

const seen = (up: boolean, at: number, latest = at) => ({ up, at, latest, evidence });

test('the first sighting is no change', () => {
  const link = nextLink(undefined, 'wan1', seen(false, noon));
  assert.deepEqual([link.up, link.wentUp, link.wentDown, link.since], [false, 0, 0, noon]);
});

test('changes are counted, repetitions are not', () => {
  let link = nextLink(undefined, 'wan1', seen(true, noon));
  for (const [i, up] of [true, false, false, true].entries()) {
    link = nextLink(link, 'wan1', seen(up, noon + (i + 1) * 1000));
  }
  assert.deepEqual([link.wentUp, link.wentDown, link.since], [1, 1, noon + 4000]);
});

test('an older sighting does not override a newer one', () => {
  const link = nextLink(undefined, 'wan1', seen(false, noon + 5000));
  assert.equal(nextLink(link, 'wan1', seen(true, noon)), link);
});

function listed(
  known: ReadonlyMap<string, Link>,
  observation: ReturnType<typeof links>,
  watched = ['wan1'],
) {
  assert.ok(observation.kind === 'interface-list');
  return nextLinks(known, observation, (name) => watched.includes(name));
}

test('a link that is gone is down while somebody watches it, and forgotten otherwise', () => {
  const before = listed(new Map(), links(noon, { wan1: [true, '192.0.2.1'], veth7: [true] }));
  const after = listed(before, links(noon + 1000, {}));
  assert.deepEqual([...after.keys()], ['wan1']);
  assert.deepEqual([after.get('wan1')?.up, after.get('wan1')?.addresses], [false, []]);
});

test('an address leads to its interface', () => {
  const known = listed(
    new Map(),
    links(noon, { wan1: [true, '192.0.2.1'], wan2: [true, '203.0.113.1'] }),
  );
  assert.equal(holderOf(known, '203.0.113.1'), 'wan2');
  assert.equal(holderOf(known, '203.0.113.9'), undefined);
});
