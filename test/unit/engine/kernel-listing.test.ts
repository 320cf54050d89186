import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Engine } from '../../../src/engine/engine.ts';
import type { TunnelEvent } from '../../../src/events/tunnel-event.ts';
import type { XfrmState } from '../../../src/events/security-associations.ts';
import { engineConfig, listing, startEngine, tunnelConfig } from '../../helpers/engine.ts';
import { feed, second, states } from '../../helpers/engine-run.ts';
import { listedChild, listedIke, noon } from '../../helpers/events.ts';

const hq = '192.0.2.1';
const [osaka, kyoto] = ['198.51.100.1', '198.51.100.2'];

function state(src: string, dst: string, spi: string, reqid: number): XfrmState {
  return {
    src,
    dst,
    protocol: 'esp',
    spi,
    reqid,
    mode: 'tunnel',
    ifId: undefined,
    mark: undefined,
    encryption: 'cbc(aes)',
    integrity: 'hmac(sha256)',
    udpEncapsulation: false,
    bytes: 7,
    packets: 1,
    sequenceIn: undefined,
    sequenceOut: undefined,
    replayWindowErrors: undefined,
    replayErrors: undefined,
    integrityErrors: undefined,
    addedAt: undefined,
  };
}

function pair(peer: string, id: number, reqid = id): readonly XfrmState[] {
  return [state(peer, hq, `c000000${id}`, reqid), state(hq, peer, `d000000${id}`, reqid)];
}

const sources = ['vici', 'statusall', 'xfrm-state'] as const;
const config = engineConfig({
  saSources: sources,
  tunnels: [
    tunnelConfig('Osaka', { children: ['Osaka-1', 'Osaka-2'], remote: osaka }),
    tunnelConfig('Kyoto', { remote: kyoto }),
  ],
});

const bothUp: TunnelEvent = listing(noon, {
  source: 'vici',
  ikeSas: [
    listedIke(1, { connection: 'Osaka-1', remote: osaka }),
    listedIke(2, { connection: 'Kyoto', remote: kyoto }),
  ],
  childSas: [
    listedChild('Osaka-1', 1, { connection: 'Osaka-1' }),
    listedChild('Osaka-2', 2, { connection: 'Osaka-1' }),
    listedChild('Kyoto', 3, { connection: 'Kyoto', ikeId: 2 }),
  ],
});

const lost = (source: string, at = noon + 30 * second): TunnelEvent => {
  return { kind: 'source-lost', at, source, detail: 'silence' };
};
const charonLost = [lost('vici'), lost('statusall')];
const kernel = (...some: readonly (readonly XfrmState[])[]): TunnelEvent => {
  return { kind: 'xfrm-states', at: noon + 40 * second, states: some.flat() };
};
const all = [pair(osaka, 1), pair(osaka, 2), pair(kyoto, 3)];

function children(engine: Engine, name: string) {
  return engine.tunnels
    .get(name)
    ?.sas.childSas.map(({ child, spiIn, spiOut }) => [child, spiIn, spiOut]);
}

describe('sources of SAs stand in for one another', () => {
  test('one that is lost while another answers changes nothing', () => {
    const engine = startEngine(config);
    feed(engine, bothUp);
    assert.deepEqual(feed(engine, lost('vici'), lost('xfrm-state'), lost('interfaces')), []);
    const again = listing(noon + 31 * second, { ...bothUp, source: 'statusall' } as object);
    assert.deepEqual(feed(engine, { ...again, at: noon + 31 * second }), []);
  });

  test('without charon the kernel says that all is as it was', () => {
    const engine = startEngine(config);
    feed(engine, bothUp);
    assert.deepEqual(feed(engine, ...charonLost, kernel(...all)), []);
    assert.deepEqual(states(engine), { Osaka: 'up', Kyoto: 'up' });
    assert.equal(engine.tunnels.get('Kyoto')?.traffic.bytesIn, 7);
  });

  test('while charon can be asked, the kernel only counts', () => {
    const engine = startEngine(config);
    feed(engine, bothUp, lost('vici'), kernel());
    assert.deepEqual(states(engine), { Osaka: 'up', Kyoto: 'up' });
  });

  test('the kernel without charon: what is gone, and what was rekeyed meanwhile', () => {
    const engine = startEngine(config);
    feed(engine, bothUp, ...charonLost, kernel(pair(osaka, 9, 1)));
    feed(engine, { kind: 'tick', at: noon + 50 * second });
    assert.deepEqual(states(engine), { Osaka: 'partial', Kyoto: 'down' });
    assert.deepEqual(children(engine, 'Osaka'), [['Osaka-1', 'c0000009', 'd0000009']]);
  });

  test('a child that only an event has told of has no reqid to be found by', () => {
    const engine = startEngine(config);
    const known = listing(noon, {
      childSas: [listedChild('Kyoto', 3, { connection: 'Kyoto', reqid: undefined })],
    });
    feed(engine, known, ...charonLost, kernel(pair(kyoto, 9, 3)));
    assert.deepEqual(children(engine, 'Kyoto'), []);
  });

  test('nobody, and then charon again', () => {
    const engine = startEngine(config);
    feed(engine, bothUp);
    const blind = feed(engine, ...charonLost, lost('xfrm-state'));
    assert.deepEqual(blind, [
      'Osaka: up > unknown (source-lost)',
      'Kyoto: up > unknown (source-lost)',
    ]);
    const answered: TunnelEvent = {
      kind: 'source-answered',
      at: noon + 60 * second,
      source: 'vici',
    };
    feed(engine, answered, { ...bothUp, at: noon + 60 * second }, kernel());
    assert.deepEqual(states(engine), { Osaka: 'up', Kyoto: 'up' });
  });

  test('nobody asks charon: the logs are believed, whatever the kernel has', () => {
    const engine = startEngine({ ...config, saSources: ['xfrm-state'] });
    feed(engine, kernel(...all));
    assert.deepEqual(states(engine), { Osaka: 'down', Kyoto: 'down' });
  });
});

describe('the kernel from the start', () => {
  const start = (tunnels = config.tunnels): Engine => {
    const engine = startEngine({ ...config, tunnels });
    feed(engine, ...charonLost);
    return engine;
  };

  test('SAs are found by the address of the peer, and named as far as they are expected', () => {
    const engine = start();
    // One that is still being negotiated is none, and one direction alone is half of one.
    const none = { encryption: undefined, integrity: undefined };
    const larval = ['00000000', 'c0000008'].map((spi) => ({
      ...state(osaka, hq, spi, 8),
      ...none,
    }));
    const half = state(kyoto, hq, 'c0000003', 3);
    assert.deepEqual(feed(engine, kernel(pair(osaka, 1), pair(osaka, 2), [half], larval)), [
      'Osaka: unknown > up (observed)',
      'Kyoto: unknown > up (observed)',
    ]);
    assert.deepEqual(children(engine, 'Osaka'), [
      ['Osaka-1', 'c0000001', 'd0000001'],
      ['Osaka-2', 'c0000002', 'd0000002'],
    ]);
    assert.deepEqual(children(engine, 'Kyoto'), [['reqid 3', 'c0000003', undefined]]);
  });

  test('an address that two tunnels have says nothing about either', () => {
    const engine = start([
      tunnelConfig('A', { remote: osaka }),
      tunnelConfig('B', { remote: osaka }),
    ]);
    feed(engine, kernel(pair(osaka, 1)));
    assert.deepEqual(states(engine), { A: 'unknown', B: 'unknown' });
    feed(engine, kernel(pair(kyoto, 1)));
    assert.deepEqual(states(engine), { A: 'down', B: 'down' });
  });

  test('nor does a peer that nobody knows', () => {
    const engine = start([tunnelConfig('A')]);
    feed(engine, kernel());
    assert.deepEqual(states(engine), { A: 'unknown' });
  });

  test('no SA is no tunnel', () => {
    const engine = start();
    feed(engine, kernel());
    assert.deepEqual(states(engine), { Osaka: 'down', Kyoto: 'down' });
  });
});
