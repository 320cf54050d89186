import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutShunts } from '../../../src/engine/shunts.ts';
import { engineConfig, listing, startEngine } from '../../helpers/engine.ts';
import { loadedConnection, noon } from '../../helpers/events.ts';

const child = (name: string, mode: string) => {
  return { name, localTs: [], remoteTs: [], mode, dpdAction: undefined };
};
const named = (name: string, ...modes: readonly string[]) => ({
  ...loadedConnection(name, []),
  children: modes.map((mode) => child(`${name}-${mode}`, mode)),
});

test('policies that pass or drop are no tunnels', () => {
  const connections = [
    named('site', 'TUNNEL'),
    named('lan', 'PASS', 'DROP'),
    named('both', 'TRANSPORT', 'PASS'),
    named('empty'),
  ];
  assert.deepEqual(
    withoutShunts(connections).map(({ name, children }) => [name, children.length]),
    [
      ['site', 1],
      ['both', 1],
      ['empty', 0],
    ],
  );
  const engine = startEngine(engineConfig());
  engine.apply(listing(noon, { connections }));
  assert.deepEqual([...engine.tunnels.keys()], ['site', 'both']);
});
