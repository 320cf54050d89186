import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IkeSaState, ListedIkeSa } from '../../../src/events/security-associations.ts';
import { ike, ikeLine, parseSas } from '../../helpers/statusall-lines.ts';

const ikeCases: readonly { name: string; line: string; changes: Partial<ListedIkeSa> }[] = [
  { name: 'established', line: ikeLine, changes: {} },
  {
    name: 'a minute',
    line: ikeLine.replace('4 seconds', '1 minute'),
    changes: { establishedSeconds: 60 },
  },
  {
    name: 'hours',
    line: ikeLine.replace('4 seconds', '3 hours'),
    changes: { establishedSeconds: 10_800 },
  },
  {
    name: 'days',
    line: ikeLine.replace('4 seconds', '12 days'),
    changes: { establishedSeconds: 1_036_800 },
  },
  {
    name: 'connecting: identities are not known yet',
    line: 'HQ[1]: CONNECTING, 192.0.2.1[%any]...192.0.2.2[%any]',
    changes: {
      state: 'CONNECTING',
      localId: undefined,
      remoteId: undefined,
      establishedSeconds: undefined,
    },
  },
  {
    name: 'connecting to an address that is not known',
    line: 'HQ[1]: CONNECTING, 192.0.2.1[%any]...%any[%any]',
    changes: {
      state: 'CONNECTING',
      localId: undefined,
      remote: '%any',
      remoteId: undefined,
      establishedSeconds: undefined,
    },
  },
  {
    name: 'before a configuration is selected',
    line: ikeLine.replace('HQ', '(unnamed)'),
    changes: { connection: undefined },
  },
  {
    name: 'IPv6',
    line: 'HQ[1]: ESTABLISHED 4 seconds ago, 2001:db8::1[fw]...2001:db8::2[branch]',
    changes: { local: '2001:db8::1', remote: '2001:db8::2' },
  },
  {
    name: 'distinguished names with brackets',
    line: 'HQ[1]: ESTABLISHED 4 seconds ago, 192.0.2.1[O=Firm [HQ], CN=fw]...192.0.2.2[O=x, CN=y]',
    changes: { localId: 'O=Firm [HQ], CN=fw', remoteId: 'O=x, CN=y' },
  },
  {
    name: 'empty identities',
    line: 'HQ[1]: ESTABLISHED 4 seconds ago, 192.0.2.1[]...192.0.2.2[]',
    changes: { localId: '', remoteId: '' },
  },
  {
    name: 'a name longer than the column, with a colon, blanks, brackets and braces',
    line: ikeLine.replace('HQ', 'Tokyo: HQ [2] {1}'),
    changes: { connection: 'Tokyo: HQ [2] {1}' },
  },
  {
    name: 'a name that ends as a marker does',
    line: ikeLine.replace('HQ', 'a[7]'),
    changes: { connection: 'a[7]' },
  },
];

for (const { name, line, changes } of ikeCases) {
  test(`IKE_SA: ${name}`, () => {
    const result = parseSas(`   ${line}`);
    assert.deepEqual(result.ikeSas, [{ ...ike, ...changes }]);
    assert.equal(result.unknownLines, 0);
  });
}

const ikeStates: readonly IkeSaState[] = [
  'CREATED',
  'CONNECTING',
  'ESTABLISHED',
  'PASSIVE',
  'REKEYING',
  'REKEYED',
  'DELETING',
  'DESTROYING',
];

for (const state of ikeStates) {
  test(`IKE_SA in state ${state}`, () => {
    const result = parseSas(ikeLine.replace('ESTABLISHED 4 seconds ago', state));
    assert.deepEqual(result.ikeSas, [{ ...ike, state, establishedSeconds: undefined }]);
  });
}

for (const { name, line, changes } of [
  {
    name: 'we initiated',
    line: 'IKEv2 SPIs: 0011223344556677_i* 8899aabbccddeeff_r, rekeying in 2 hours',
    changes: { version: 2, initiator: true },
  },
  {
    name: 'the peer initiated',
    line: 'IKEv1 SPIs: 0011223344556677_i 8899aabbccddeeff_r*, rekeying in 41 minutes, public key+EAP reauthentication in 2 hours',
    changes: { version: 1, initiator: false },
  },
  {
    name: 'no version yet',
    line: 'IKEv1/2 SPIs: 0011223344556677_i* 0000000000000000_r',
    changes: { initiator: true },
  },
  { name: 'proposal', line: 'IKE proposal: AES_CBC_256/HMAC_SHA2_256_128', changes: {} },
  { name: 'EAP identity', line: 'Remote EAP identity: carol', changes: {} },
  { name: 'an empty EAP identity', line: 'Remote EAP identity: ', changes: {} },
  { name: 'XAuth identity', line: 'Remote XAuth identity: dave', changes: {} },
  { name: 'queued tasks', line: 'Tasks queued: QUICK_MODE QUICK_MODE ', changes: {} },
  { name: 'active tasks', line: 'Tasks active: IKE_REKEY ', changes: {} },
  { name: 'passive tasks', line: 'Tasks passive: IKE_AUTH ', changes: {} },
] as const) {
  test(`a further line of an IKE_SA: ${name}`, () => {
    const result = parseSas(ikeLine, `HQ[1]: ${line}`);
    assert.deepEqual(result.ikeSas, [{ ...ike, ...changes }]);
    assert.equal(result.unknownLines, 0);
  });
}
