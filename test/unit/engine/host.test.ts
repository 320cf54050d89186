import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newHost, nextHost } from '../../../src/engine/host.ts';
import type { Host } from '../../../src/engine/host.ts';
import type { TunnelEvent } from '../../../src/events/tunnel-event.ts';
import { links, listing } from '../../helpers/engine.ts';
import { evidence, logged, noon } from '../../helpers/events.ts';

function feed(...events: readonly TunnelEvent[]) {
  let host: Host = newHost;
  const texts: string[] = [];
  for (const event of events) {
    const step = nextHost(host, event, (name) => name !== 'veth7');
    host = step.host;
    for (const change of step.changes) {
      assert.ok('up' in change);
      texts.push(`${change.kind} ${change.up ? 'up' : 'down'}`);
    }
  }
  return { host, texts };
}

const absent = (at: number): TunnelEvent => ({ kind: 'daemon-absent', at, evidence });

test('charon runs, stops, runs again: by listing and by log', () => {
  const { host, texts } = feed(
    listing(noon),
    listing(noon + 1000),
    logged({ kind: 'daemon', change: 'stopping' }, noon + 2000),
    absent(noon + 3000),
    logged({ kind: 'daemon', change: 'started' }, noon + 4000),
  );
  assert.deepEqual(texts, ['daemon up', 'daemon down', 'daemon up']);
  assert.equal(host.daemon?.since, noon + 4000);
});

test('what is older than what is known of charon is left aside', () => {
  const { texts } = feed(absent(noon + 5000), logged({ kind: 'daemon', change: 'started' }, noon));
  assert.deepEqual(texts, ['daemon down']);
});

test('gateways as dead gateway detection sees them', () => {
  const gateway = (up: boolean, at: number) =>
    logged({ kind: 'gateway-logged', gateway: 'ISP', up }, at);
  const { host, texts } = feed(
    gateway(true, noon),
    gateway(false, noon + 1000),
    gateway(false, noon + 2000),
  );
  assert.deepEqual(texts, ['gateway up', 'gateway down']);
  assert.equal(host.gateways.get('ISP')?.since, noon + 1000);
});

test('no more gateways than fit, whatever a log says', () => {
  const many = Array.from({ length: 80 }, (_, i) =>
    logged({ kind: 'gateway-logged', gateway: `g${i}`, up: true }, noon),
  );
  assert.equal(feed(...many).host.gateways.size, 64);
});

test('interfaces by poll and by stream; the log is left aside then', () => {
  const { texts } = feed(
    links(noon, { wan1: [true], veth7: [true] }),
    { kind: 'interface-changed', at: noon + 1000, interface: 'wan1', up: false, evidence },
    { kind: 'interface-changed', at: noon + 1500, interface: 'wan1', up: undefined, evidence },
    logged({ kind: 'interface-logged', interface: 'wan1', up: true }, noon + 2000),
    { kind: 'interface-changed', at: noon + 2500, interface: 'veth7', up: false, evidence },
    { kind: 'interface-changed', at: noon + 2600, interface: 'wan1', up: true, evidence },
    { kind: 'interface-removed', at: noon + 3000, interface: 'wan1', evidence },
  );
  assert.deepEqual(texts, ['interface down', 'interface up', 'interface down']);
});

test('interfaces by the log alone, where nobody lists them', () => {
  const { texts } = feed(
    logged({ kind: 'interface-logged', interface: 'wan1', up: true }, noon),
    logged({ kind: 'interface-logged', interface: 'wan1', up: false }, noon + 1000),
  );
  assert.deepEqual(texts, ['interface down']);
});

test('a lost source of interfaces makes them unknown until it answers', () => {
  const lost = (source: string): TunnelEvent => ({
    kind: 'source-lost',
    at: noon,
    source,
    detail: '',
  });
  assert.equal(feed(lost('statusall')).host.linksFrom, 'log');
  assert.equal(feed(lost('interfaces')).host.linksFrom, 'nobody');
  assert.equal(feed(lost('interfaces'), links(noon, {})).host.linksFrom, 'listing');
});

test('the counters of the kernel are taken as they are', () => {
  const { host } = feed({ kind: 'xfrm-errors', at: noon, counters: { XfrmInNoStates: 7 } });
  assert.deepEqual(host.xfrmErrors, { XfrmInNoStates: 7 });
});
