import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { advise } from '../../../src/diagnosis/advice.ts';
import { diagnosed, logsOnly, parseLog, present, recordedEvents } from '../../helpers/diagnosed.ts';
import type { Diagnosed } from '../../helpers/diagnosed.ts';
import { engineConfig, links, listing, tunnelConfig } from '../../helpers/engine.ts';
import { childClosing, childUp, established, logged, noon } from '../../helpers/events.ts';
import { listedChild, listedIke } from '../../helpers/events.ts';

const minute = 60_000;

/** Sentences of the guide, as lines of strongswan.log. */
function sentences(...texts: readonly string[]) {
  return parseLog(texts.map((text) => `2026-11-23 12:00:00 05[APP] ${text}`).join('\n'));
}

function fromSentences(...texts: readonly string[]): Diagnosed {
  const about = diagnosed(logsOnly(['T']));
  about.feed(...sentences(...texts));
  return about;
}

function fromRecording(name: string): Diagnosed {
  const [local, remote] = ['10.0.1.1', '10.0.1.2'];
  const about = diagnosed(
    name.endsWith('-fw')
      ? logsOnly(['Osaka-1', { local: remote, remote: local }])
      : logsOnly(['HQ-1', { local, remote }]),
  );
  about.feed(...recordedEvents(name));
  return about;
}

/** The best candidate's remedies, in the menu names of SFOS. */
function remedies({ engine, of }: Diagnosed): readonly string[] {
  const [tunnel = ''] = engine.tunnels.keys();
  const [best] = of(tunnel);
  assert.ok(best !== undefined, 'there is a diagnosis');
  return advise(best, 'en', 'sfos', engine.tunnels.get(tunnel)?.spec.role).remedies;
}

function assertInOrder(texts: readonly string[], ...patterns: readonly RegExp[]): void {
  let from = 0;
  for (const pattern of patterns) {
    const found = texts.findIndex((text, index) => index >= from && pattern.test(text));
    assert.notEqual(found, -1, `${pattern} after step ${from} of ${texts.join('\n')}`);
    from = found;
  }
}

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

describe('the guide, item by item', () => {
  test('1: the peer refuses the phase 1 proposals', () => {
    for (const about of [
      fromSentences('Remote peer is refusing our Phase 1 proposals'),
      fromRecording('phase1-v1-fw'),
      fromRecording('phase1-v2-fw'),
      fromRecording('phase1-v1-peer'),
      fromRecording('phase1-v2-peer'),
    ]) {
      assertInOrder(
        remedies(about),
        /phase 1 encryption, authentication and DH group/,
        /gateway address must be the listening interface/,
        /local ID and remote ID/,
        /administrator of the other firewall/,
      );
    }
  });

  test('2: the peer does not authenticate us', () => {
    for (const about of [
      fromSentences(
        'We have successfully exchanged Encryption and Authentication algorithms, we are now negotiating the Phase 1 SA encryption (hashing) key',
        'Remote peer reports we failed to authenticate',
      ),
      fromRecording('localid-v1-fw'),
      fromRecording('localid-v2-peer'),
      fromRecording('remoteid-v1-fw'),
    ]) {
      assertInOrder(remedies(about), /log of the other firewall/, /ID type and local ID/);
    }
  });

  test('3: errors of the encryption', () => {
    for (const about of [
      fromSentences(
        'Error on decryption of the exchange',
        'Information field of the IKE request is malformed or not readable',
      ),
      fromRecording('psk-v1-fw'),
      fromRecording('psk-v1-peer'),
      fromRecording('psk-v2-fw'),
      fromRecording('psk-v2-peer'),
    ]) {
      assertInOrder(
        remedies(about),
        /same preshared key on both/,
        /provider or a device in between .* corrupts packets/,
        /MTU and MSS of the WAN interface/,
      );
    }
  });

  test('4: the peer finds no matching proposal', () => {
    for (const about of [
      fromSentences(
        'Phase 1 is up',
        'Initiating establishment of Phase 2 SA',
        'Remote peer reports no match on the acceptable proposals',
      ),
      fromSentences('Phase 1 is up', 'NO_PROPOSAL_CHOSEN'),
      fromRecording('phase2-v1-fw'),
      fromRecording('phase2-v2-fw'),
      fromRecording('phase2-v1-peer'),
      fromRecording('phase2-v2-peer'),
    ]) {
      assertInOrder(
        remedies(about),
        /phase 2 encryption, authentication and DH group/,
        /log of the other firewall/,
      );
    }
  });

  test('5: an invalid ID', () => {
    for (const about of [
      fromSentences('Phase 1 is up', 'Remote peer reports INVALID_ID_INFORMATION'),
      fromSentences('Phase 1 is up', 'Local and remote network did not match'),
      fromRecording('subnet-v1-fw'),
      fromRecording('subnet-v2-fw'),
      fromRecording('subnet-v1-peer'),
      fromRecording('subnet-v2-peer'),
    ]) {
      assertInOrder(
        remedies(about),
        /local subnet here equal to remote subnet there/,
        /administrator of the other firewall/,
      );
    }
  });

  test('5: what statusall shows of it has been looked up', () => {
    const about = diagnosed(engineConfig({ tunnels: [tunnelConfig('T', { children: ['T-1'] })] }));
    about.feed(
      logged(established(), noon),
      {
        ...logged({ kind: 'negotiation-failed', phase: 2, reason: 'ts-unacceptable' }, noon + 1),
        code: 'ts.unacceptable',
      },
      listing(noon + minute, { ikeSas: [listedIke(1)] }),
    );
    const [best] = about.of('T');
    assert.equal(best?.code, 'subnet-mismatch');
    assert.deepEqual(
      best.evidence.map(({ source, text }) => [source, text]),
      [
        ['charon.log', 'a line'],
        ['statusall', 'no CHILD_SA of T is installed'],
      ],
    );
  });

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
    const finding = { code: 'xfrm-overlap', subjects: ['wan1'], detail: 'xfrm1, xfrm2' };
    const found = about.journals.ofTunnel('T', about.engine, [finding], noon + 8 * minute);
    assert.deepEqual(present(found), ['xfrm-overlap likely', 'traffic-stopped likely']);
    const [first] = found;
    assert.ok(first !== undefined);
    assertInOrder(advise(first, 'en', 'sfos', undefined).remedies, /Network > Interfaces/);
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
