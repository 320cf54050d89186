import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composed } from '../../helpers/composed-log.ts';
import { childUp, established, initiating } from '../../helpers/composed-log.ts';
import { diagnosed, logsOnly, parseLog } from '../../helpers/diagnosed.ts';
import { quietDay } from '../../helpers/recorded-log.ts';

const tunnel = '05[IKE] <T-1|1>';
const scanner = '203.0.113.9';

/** What charon logs on a good day beside rekeyings, which the recordings have. */
const noise = [
  '06[JOB] CHILD_SA {1} not found for delete',
  '06[JOB] CHILD_SA ESP/0xc0000001/192.0.2.1 not found for rekey',
  `${tunnel} detected CHILD_REKEY collision with CHILD_REKEY`,
  `${tunnel} CHILD_SA rekey collision won, deleting old child`,
  `${tunnel} peer didn't accept DH group MODP_2048, it requested ECP_384`,
  `${tunnel} DH group MODP_2048 unacceptable, requesting ECP_384`,
  `${tunnel} received TEMPORARY_FAILURE notify error`,
  `${tunnel} sending DPD request`,
  `${tunnel} retransmit 1 of request with message ID 4`,
  `${tunnel} received retransmit of request with ID 4, retransmitting response`,
  `${tunnel} peer supports MOBIKE`,
  `${tunnel} sending address list update using MOBIKE`,
  `${tunnel} old path is not available anymore, try to find another`,
  `${tunnel} requesting address change using MOBIKE`,
  `${tunnel} local endpoint changed from 192.0.2.1[4500] to 192.0.2.9[4500]`,
  `${tunnel} remote endpoint changed from 198.51.100.1[4500] to 198.51.100.7[4500]`,
  '06[KNL] flags changed for fe80::1 on wan1',
  '06[KNL] 192.0.2.9 appeared on wan1',
  '06[MGR] ignoring request with ID 4, already processing',
  "00[LIB] plugin 'des': failed to load - des_plugin_create not found and no plugin file available",
  '05[ENC] <T-1|1> received unknown vendor ID: 00:11',
  // A scanner, and one who gives nonsense.
  `07[IKE] <7> ${scanner} is initiating an IKE_SA`,
  `07[JOB] <7> deleting half open IKE_SA with ${scanner} after timeout`,
  `07[NET] received invalid IKE header from ${scanner} - ignored`,
];

test('a good day has no diagnosis', () => {
  const steps = [initiating, established, childUp(1), ...noise.flatMap((line) => [60, line])];
  const { engine, of, peers } = composed({ steps });
  assert.equal(engine.tunnels.get('T')?.state, 'up');
  assert.deepEqual([of('T'), peers()], [[], []]);
});

test('nor has the restart of charon, once it is over', () => {
  const restarted = [
    '00[DMN] SIGTERM received, shutting down',
    2,
    '00[DMN] Starting IKE charon daemon (strongSwan 5.9.8, Linux 6.1.0, x86_64)',
    initiating,
    established,
    childUp(1),
  ];
  const { of } = composed({ steps: [initiating, established, childUp(1), 1200, ...restarted] });
  assert.deepEqual(
    of('T').filter(({ until }) => until === undefined),
    [],
  );
});

test('nor has a recorded day of DPD and rekeyings', () => {
  const names = ['Osaka', 'Nagoya', 'Sapporo', 'Sendai', 'Fukuoka', 'Kyoto'];
  const { engine, feed, of, peers } = diagnosed(logsOnly(...names.map((name) => [name] as const)));
  feed(...parseLog(quietDay().join('\n')));
  for (const name of names) {
    assert.equal(engine.tunnels.get(name)?.state, 'up', name);
    assert.deepEqual(of(name), [], name);
  }
  assert.deepEqual(peers(), []);
});
