import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { XfrmPolicy } from '../../../src/events/security-associations.ts';
import { diagnosed, logsOnly, parseLog } from '../../helpers/diagnosed.ts';
import type { Diagnosed } from '../../helpers/diagnosed.ts';
import { engineConfig, listing, tunnelConfig } from '../../helpers/engine.ts';
import { established, listedIke, logged, noon } from '../../helpers/events.ts';
import { assertInOrder, fromRecording, remedies } from '../../helpers/guide.ts';

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

function policy(dst: string): XfrmPolicy {
  return {
    src: '10.1.0.0/24',
    dst: '10.2.0.0/24',
    direction: 'out',
    action: 'allow',
    priority: 1,
    protocol: undefined,
    device: undefined,
    ifId: undefined,
    mark: undefined,
    templates: [
      { src: '192.0.2.1', dst, protocol: 'esp', spi: undefined, reqid: 1, mode: 'tunnel' },
    ],
  };
}

describe('the guide, items 1 to 5', () => {
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
    const tunnels = [tunnelConfig('T', { children: ['T-1'], remote: '198.51.100.1' })];
    const about = diagnosed(engineConfig({ tunnels }));
    about.feed(
      logged(established(), noon),
      {
        ...logged({ kind: 'negotiation-failed', phase: 2, reason: 'ts-unacceptable' }, noon + 1),
        code: 'ts.unacceptable',
      },
      listing(noon + minute, { ikeSas: [listedIke(1)] }),
      { kind: 'xfrm-policies', at: noon + minute, policies: [] },
    );
    const [best] = about.of('T');
    assert.equal(best?.code, 'subnet-mismatch');
    assert.deepEqual(
      best.evidence.map(({ source, text }) => [source, text]),
      [
        ['charon.log', 'a line'],
        ['statusall', 'no CHILD_SA of T is installed'],
        ['xfrm-policy', 'the kernel has no policy towards 198.51.100.1'],
      ],
    );
    const towards = (dst: string, direction: string): XfrmPolicy => ({ ...policy(dst), direction });
    const sources = (): readonly string[] => [
      ...new Set(about.of('T')[0]?.evidence.map(({ source }) => source)),
    ];
    const at = noon + 2 * minute;
    about.feed({ kind: 'xfrm-policies', at, policies: [towards('198.51.100.1', 'in')] });
    assert.deepEqual(sources(), ['charon.log', 'statusall', 'xfrm-policy']);
    about.feed({ kind: 'xfrm-policies', at, policies: [towards('198.51.100.1', 'out')] });
    assert.deepEqual(sources(), ['charon.log', 'statusall']);
    about.feed(
      { kind: 'xfrm-policies', at, policies: [] },
      { kind: 'source-lost', at, source: 'xfrm-policy', detail: '' },
    );
    assert.deepEqual(sources(), ['charon.log', 'statusall']);
  });
});
