import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnosed, logsOnly, present, recordedEvents } from '../../helpers/diagnosed.ts';

/** Recording → what the engine of causes makes of its end, best candidate first. */
const faults: readonly (readonly [recording: string, ...diagnoses: readonly string[]])[] = [
  [
    'phase1-v1-fw',
    'phase1-proposal-mismatch likely',
    'gateway-address-mismatch possible',
    'ike-version-mismatch possible',
  ],
  ['phase1-v1-peer', 'phase1-proposal-mismatch certain'],
  [
    'phase1-v2-fw',
    'phase1-proposal-mismatch likely',
    'gateway-address-mismatch possible',
    'ike-version-mismatch possible',
  ],
  ['phase1-v2-peer', 'phase1-proposal-mismatch certain'],
  ['localid-v1-fw', 'id-mismatch likely', 'exchange-mode-mismatch possible'],
  ['localid-v1-peer', 'id-mismatch certain'],
  ['localid-v2-fw', 'psk-mismatch likely', 'id-mismatch likely'],
  ['localid-v2-peer', 'id-mismatch certain'],
  ['remoteid-v1-fw', 'id-mismatch certain'],
  ['remoteid-v1-peer', 'id-mismatch possible'],
  ['remoteid-v2-fw', 'psk-mismatch likely', 'id-mismatch likely'],
  ['remoteid-v2-peer', 'id-mismatch certain'],
  ['psk-v1-fw', 'psk-mismatch likely'],
  ['psk-v1-peer', 'psk-mismatch likely'],
  ['psk-v2-fw', 'psk-mismatch likely', 'id-mismatch likely'],
  ['psk-v2-peer', 'psk-mismatch certain'],
  ['phase2-v1-fw', 'phase2-proposal-mismatch likely', 'pfs-mismatch possible'],
  ['phase2-v1-peer', 'phase2-proposal-mismatch certain'],
  ['phase2-v2-fw', 'phase2-proposal-mismatch likely'],
  ['phase2-v2-peer', 'phase2-proposal-mismatch certain'],
  ['subnet-v1-fw', 'subnet-mismatch likely'],
  ['subnet-v1-peer', 'subnet-mismatch certain'],
  ['subnet-v2-fw', 'subnet-mismatch certain'],
  ['subnet-v2-peer', 'subnet-mismatch certain'],
  ['unreachable-v2-fw', 'peer-unreachable likely'],
  ['dpd-v1-fw', 'dead-peer certain', 'peer-unreachable likely'],
  ['dpd-v2-fw', 'dead-peer certain', 'peer-unreachable likely'],
  ['inactivity-v1-peer', 'remote-idle-timeout possible'],
  ['inactivity-v2-peer', 'remote-idle-timeout possible'],
];

/** The one tunnel of a recording, as the operator would have configured it. */
function configured(recording: string) {
  const [local, remote] = recording.endsWith('-fw')
    ? ['10.0.1.2', '10.0.1.1']
    : ['10.0.1.1', '10.0.1.2'];
  return [recording.endsWith('-fw') ? 'Osaka-1' : 'HQ-1', { local, remote }] as const;
}

for (const [recording, ...expected] of faults) {
  test(`${recording}: ${expected[0]}`, () => {
    const tunnel = configured(recording);
    const { feed, of, peers } = diagnosed(logsOnly(tunnel));
    feed(...recordedEvents(recording));
    assert.deepEqual(present(of(tunnel[0])), expected);
    assert.deepEqual(peers(), []);
  });
}

for (const recording of ['rekey-v1', 'rekey-v2', 'reauth-v2'].flatMap((name) => [
  `${name}-fw`,
  `${name}-peer`,
])) {
  test(`${recording}: nothing was ever wrong`, () => {
    const tunnel = configured(recording);
    const { feed, of, peers } = diagnosed(logsOnly(tunnel));
    feed(...recordedEvents(recording));
    assert.deepEqual([of(tunnel[0]), peers()], [[], []]);
  });
}
