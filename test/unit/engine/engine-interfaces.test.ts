import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeSnapshot } from '../../../src/engine/snapshot.ts';
import { engineConfig, links, startEngine, tunnelConfig } from '../../helpers/engine.ts';
import { feed, pair, second, states, up } from '../../helpers/engine-run.ts';
import { logged, noon } from '../../helpers/events.ts';

test('an interface is found by the address of the tunnel, and missed with it', () => {
  const config = engineConfig({
    tunnels: [tunnelConfig('A', { local: '192.0.2.1', role: 'initiator' })],
  });
  const engine = startEngine(config);
  feed(engine, up(noon, 'A'), links(noon, { wan1: [true, '192.0.2.1'], lan: [true] }));
  assert.deepEqual(
    [engine.tunnels.get('A')?.interface, engine.isWatched('wan1'), engine.isWatched('lan')],
    ['wan1', true, false],
  );
  assert.deepEqual(feed(engine, links(noon + second, { wan1: [true], lan: [true] })), [
    'A: up > down (interface-down)',
  ]);
  assert.deepEqual(feed(engine, links(noon + 2 * second, { wan1: [true, '192.0.2.1'] })), [
    'A: down > up (interface-up)',
  ]);
  assert.deepEqual(feed(engine, links(noon + 3 * second, {})), [
    'interface',
    'A: up > down (interface-down)',
  ]);
});

test('an interface is found by the address of the IKE_SA where none is configured', () => {
  const engine = startEngine(engineConfig({ tunnels: [tunnelConfig('A'), tunnelConfig('B')] }));
  feed(engine, up(noon, 'A'), links(noon, { wan1: [true, '192.0.2.1'] }));
  assert.deepEqual(
    [...engine.tunnels.values()].map((tunnel) => tunnel.interface),
    ['wan1', undefined],
  );
});

test('an IKE_SA whose address goes may move: until its link goes, or the SA, it is up', () => {
  const engine = startEngine(engineConfig({ tunnels: [tunnelConfig('A')] }));
  feed(engine, up(noon, 'A'), links(noon, { wan1: [true, '192.0.2.1'] }));
  assert.deepEqual(feed(engine, links(noon + second, { wan1: [true, '192.0.2.9'] })), []);
  assert.deepEqual(feed(engine, up(noon + 2 * second, 'A')), []);
  assert.deepEqual(feed(engine, links(noon + 3 * second, { wan1: [false] })), [
    'interface',
    'A: up > down (interface-down)',
  ]);
});

test('while the source of interfaces is lost, nobody knows', () => {
  const engine = startEngine(pair);
  feed(engine, links(noon, { wan1: [false], wan2: [true] }), up(noon, 'A'));
  assert.equal(states(engine)['A'], 'down');
  feed(engine, { kind: 'source-lost', at: noon + second, source: 'interfaces', detail: '' });
  assert.deepEqual([states(engine)['A'], engine.tunnels.get('A')?.interfaceUp], ['up', undefined]);
});

test('a dead gateway explains the loss of the tunnels on its interface, and of no others', () => {
  const gateways = [
    { name: 'ISP1', interface: 'wan1' },
    { name: 'ISP2', interface: undefined },
  ];
  const engine = startEngine({ ...pair, gateways });
  feed(
    engine,
    links(noon, { wan1: [true], wan2: [true] }),
    up(noon, 'A'),
    logged({ kind: 'gateway-logged', gateway: 'ISP1', up: false }, noon + second),
    logged({ kind: 'gateway-logged', gateway: 'ISP2', up: false }, noon + second),
    logged({ kind: 'gateway-logged', gateway: 'ISP3', up: false }, noon + second),
    up(noon + 2 * second),
  );
  assert.deepEqual(feed(engine, { kind: 'tick', at: noon + 5 * second }).slice(0, 2), [
    'A: up > down (gateway-down)',
    'G: primary > switching',
  ]);
  assert.equal(engine.isWatched('wan1'), true);
  assert.equal(engine.tunnels.get('B')?.hint, undefined);
});

test('configured interfaces and xfrm interfaces are watched', () => {
  const engine = startEngine(engineConfig({ interfaces: ['lan'] }));
  feed(engine, links(noon, { lan: [true], xfrm1: [true], veth7: [true] }));
  assert.deepEqual(
    takeSnapshot(engine, noon).interfaces.map(({ name }) => name),
    ['lan', 'xfrm1'],
  );
});
