import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { advise } from '../../../src/diagnosis/advice.ts';
import { diagnosed, logsOnly, present } from '../../helpers/diagnosed.ts';
import type { Diagnosed } from '../../helpers/diagnosed.ts';
import { engineConfig, links, listing, tunnelConfig } from '../../helpers/engine.ts';
import {
  childClosing,
  childUp,
  established,
  kernelState,
  listedChild,
  listedIke,
  loadedConnection,
  logged,
  noon,
} from '../../helpers/events.ts';
import { assertInOrder, fromRecording, remedies } from '../../helpers/guide.ts';

const minute = 60_000;

/** A policy-based tunnel that is up, polled once a minute for so many minutes. */
function polled(
  minutes: number,
  bytes: (minute: number) => { readonly bytesIn: number; readonly bytesOut: number },
): Diagnosed {
  const about = diagnosed(engineConfig({ tunnels: [tunnelConfig('T', { children: ['T-1'] })] }));
  for (let i = 0; i <= minutes; i += 1) {
    const { bytesIn, bytesOut } = bytes(i);
    about.feed(
      listing(noon + i * minute, {
        ikeSas: [listedIke(1)],
        childSas: [listedChild('T-1', 1, { bytesIn, bytesOut, packetsIn: 1, packetsOut: 1 })],
      }),
    );
  }
  return about;
}

const routeBased = loadedConnection('T-1', ['T-1'], {
  children: [
    {
      name: 'T-1',
      localTs: ['0.0.0.0/0', '::/0'],
      remoteTs: ['::/0'],
      mode: 'TUNNEL',
      dpdAction: undefined,
    },
  ],
});

describe('the guide, items 6 and 7', () => {
  test('6: connected, and traffic has stopped', () => {
    const about = polled(8, (i) => ({ bytesIn: 1000, bytesOut: 1000 + i * 100 }));
    assert.deepEqual(present(about.of('T')), ['traffic-stopped likely']);
    assertInOrder(
      remedies(about),
      /re-keying by traffic volume off/,
      /same local and remote subnets belong into one failover group/,
      /every XFRM interface needs a network of its own/,
      /idle timeout off/,
      /Key lives of the initiator below those of the responder/,
    );
    assert.match(
      about.of('T')[0]?.evidence.at(-1)?.text ?? '',
      /^1 CHILD_SAs installed; 1800 bytes out, 1000 bytes in, none in for \d+ s while bytes went out$/,
    );
  });

  test('6: the kernel’s counters tell as well', () => {
    const about = polled(0, () => ({ bytesIn: 1000, bytesOut: 1000 }));
    for (let i = 1; i <= 7; i += 1) {
      const states = [kernelState('192.0.2.1', '198.51.100.1', 'd0000001', 1000 + i)];
      about.feed({ kind: 'xfrm-states', at: noon + i * minute, states });
    }
    const [best] = about.of('T');
    assert.equal(best?.code, 'traffic-stopped');
    assert.deepEqual(
      best.evidence.map(({ source, text }) => [source, text]),
      [
        [
          'counters',
          '1 CHILD_SAs installed; 1007 bytes out, 1000 bytes in, none in for 360 s while bytes went out',
        ],
        ['counters', '1006 bytes out, 1000 bytes in so far'],
      ],
    );
  });

  test('6a: the peer renews keys by traffic', () => {
    const about = diagnosed(logsOnly(['T', { children: ['T-1'] }]));
    about.feed(logged(established(), noon), logged(childUp('T-1', 1), noon));
    // A megabyte each, after 10, 3 and 25 minutes.
    for (const [i, minutes] of [10, 13, 38].entries()) {
      const at = noon + minutes * minute;
      about.feed(
        logged(childUp('T-1', i + 2, { direction: 'inbound' }), at),
        logged(childClosing('T-1', i + 1, { bytesIn: 1_000_000, bytesOut: 50_000 + i }), at + 1000),
      );
    }
    assert.deepEqual(present(about.of('T')), ['remote-traffic-rekey possible']);
    assertInOrder(remedies(about), /time-based re-keying/);
  });

  test('6b: two connections with the same subnets', () => {
    const about = polled(8, (i) => ({ bytesIn: 1000, bytesOut: 1000 + i * 100 }));
    const detail = 'T and U: 10.1.0.0/24 === 10.2.0.0/24';
    const finding = { code: 'duplicate-subnets', subjects: ['T', 'U'], detail };
    const found = about.journals.ofTunnel('T', about.engine, [finding], noon + 8 * minute);
    assert.deepEqual(present(found), ['duplicate-subnets likely', 'traffic-stopped likely']);
    assert.deepEqual(
      found[0]?.evidence.map(({ text }) => text),
      [detail],
    );
    assertInOrder(
      advise(found[0], 'en', 'sfos', undefined).remedies,
      /show additional properties, choose local subnet and remote subnet/,
      /one failover group/,
      /change their subnets/,
    );
  });

  test('6c: two XFRM interfaces in one network', () => {
    const about = polled(8, (i) => ({ bytesIn: 1000, bytesOut: 1000 + i * 100 }));
    about.feed(links(noon + 8 * minute, { wan1: [true, '192.0.2.1'] }));
    const finding = { code: 'xfrm-overlap', subjects: ['xfrm1', 'xfrm2'], detail: 'both' };
    const subject = { ...finding, subjects: ['wan1'] };
    const ofAnother = about.journals.ofTunnel('T', about.engine, [finding], noon + 8 * minute);
    assert.deepEqual(present(ofAnother), ['traffic-stopped likely']);
    const found = about.journals.ofTunnel('T', about.engine, [subject], noon + 8 * minute);
    assert.deepEqual(present(found), ['xfrm-overlap likely', 'traffic-stopped likely']);
    const [first] = found;
    assert.ok(first !== undefined);
    assertInOrder(advise(first, 'en', 'sfos', undefined).remedies, /Network > Interfaces/);
  });

  test('6c: a route-based tunnel may be that of any XFRM interface', () => {
    const about = diagnosed(engineConfig({ tunnels: [tunnelConfig('T', { children: ['T-1'] })] }));
    const [localTs, remoteTs] = [['0.0.0.0/0'], ['0.0.0.0/0']];
    about.feed(
      listing(noon, {
        ikeSas: [listedIke(1)],
        childSas: [listedChild('T-1', 1, { localTs, remoteTs })],
      }),
      listing(noon + minute, {
        ikeSas: [listedIke(1)],
        connections: [routeBased],
      }),
      { kind: 'tick', at: noon + 2 * minute },
    );
    const finding = { code: 'xfrm-overlap', subjects: ['xfrm1', 'xfrm2'], detail: 'both' };
    const found = about.journals.ofTunnel('T', about.engine, [finding], noon + 2 * minute);
    assert.deepEqual(present(found), ['xfrm-overlap possible']);
  });

  test('6d: the peer has an idle time-out', () => {
    for (const name of ['inactivity-v1-peer', 'inactivity-v2-peer']) {
      const about = fromRecording(name);
      assert.deepEqual(present(about.of('HQ-1')), ['remote-idle-timeout possible']);
      assertInOrder(remedies(about), /idle timeout off on the other firewall/);
    }
  });

  test('6e: both sides renew keys at once', () => {
    const about = diagnosed(logsOnly(['T', { children: ['T-1'] }]));
    const collision = (at: number) => ({
      ...logged({ kind: 'note', fields: {} }, at),
      code: 'collision.child_lost',
    });
    about.feed(logged(established(), noon), logged(childUp('T-1', 1), noon));
    about.feed(collision(noon + minute));
    assert.deepEqual(present(about.of('T')), [], 'one alone is harmless');
    about.feed(collision(noon + 2 * minute));
    assert.deepEqual(present(about.of('T')), ['rekey-collision possible']);
    const lives = { code: 'initiator-key-life', subjects: ['T'], detail: '3600 s, 3600 s' };
    const found = about.journals.ofTunnel('T', about.engine, [lives], noon + 2 * minute);
    assert.deepEqual(present(found), ['rekey-collision likely']);
    assertInOrder(
      remedies(about),
      /phase 1 and phase 2 key life of the initiator smaller/,
      /phase 2 key life smaller than that of phase 1/,
    );
  });

  test('7: the interface is off', () => {
    for (const [role, state, consequence] of [
      ['initiator', 'down', /disconnects at once/],
      ['responder', 'orphaned', /until it has been idle or DPD has timed out/],
      ['remote-access', 'orphaned', /until it has been idle or DPD has timed out/],
    ] as const) {
      const tunnels = [tunnelConfig('T', { role, interface: 'wan1', children: ['T-1'] })];
      const about = diagnosed(engineConfig({ tunnels }));
      about.feed(
        listing(noon, { ikeSas: [listedIke(1)], childSas: [listedChild('T-1', 1)] }),
        links(noon, { wan1: [true] }),
        links(noon + minute, { wan1: [false] }),
      );
      assert.equal(about.engine.tunnels.get('T')?.state, state);
      const [best] = about.of('T');
      assert.deepEqual([best?.code, best?.confidence], ['interface-down', 'certain']);
      assert.match(advise(best!, 'en', 'sfos', role).cause, consequence);
      assertInOrder(remedies(about), /turn the interface on/);
    }
  });
});
