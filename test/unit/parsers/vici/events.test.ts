import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseListedConnections } from '../../../../src/parsers/vici/connections.ts';
import { parseViciEvent } from '../../../../src/parsers/vici/events.ts';
import { parseViciMessage } from '../../../../src/parsers/vici/message.ts';
import type { ViciSection } from '../../../../src/parsers/vici/message.ts';
import { parseListedSa } from '../../../../src/parsers/vici/sas.ts';
import { isAtLeast } from '../../../../src/parsers/vici/version.ts';
import { noon } from '../../../helpers/events.ts';
import { messageBytes } from '../../../helpers/vici.ts';
import type { PlainMessage } from '../../../helpers/vici.ts';

const ike = {
  uniqueid: '7',
  version: '2',
  state: 'ESTABLISHED',
  'local-host': '192.0.2.1',
  'remote-host': '198.51.100.1',
};
const child = { uniqueid: '9', state: 'INSTALLED', 'spi-in': 'c0000001', 'spi-out': 'd0000001' };

function section(message: PlainMessage): ViciSection {
  const parsed = parseViciMessage(messageBytes(message));
  assert.ok(parsed);
  return parsed;
}

function kinds(name: string, message: PlainMessage): readonly string[] {
  return parseViciEvent(name, section(message), noon).map(({ kind }) => kind);
}

for (const [what, name, message, expected] of [
  ['an IKE_SA without identities', 'ike-updown', { up: 'yes', A: ike }, ['ike-established']],
  ['an IKE_SA that goes', 'ike-updown', { A: ike }, ['ike-deleting']],
  ['no IKE_SA', 'ike-updown', { up: 'yes' }, []],
  ['an IKE_SA without an id', 'ike-updown', { A: { ...ike, uniqueid: 'x' } }, []],
  ['an IKE_SA in an unknown state', 'ike-updown', { A: { ...ike, state: 'X' } }, []],
  ['an IKE_SA from nowhere', 'ike-updown', { A: { ...ike, 'local-host': [] } }, []],
  ['an IKE_SA to nowhere', 'ike-updown', { A: { ...ike, 'remote-host': {} } }, []],
  ['a rekey without a successor', 'ike-rekey', { A: { old: ike } }, []],
  ['a rekey', 'ike-rekey', { A: { old: ike, new: { ...ike, uniqueid: '8' } } }, ['ike-rekeyed']],
  [
    'children: one as before 5.5.2, one without SPIs, one without an id',
    'child-updown',
    {
      up: 'yes',
      A: {
        ...ike,
        'child-sas': { a: child, b: { uniqueid: '1', state: 'CREATED' }, c: { state: 'CREATED' } },
      },
    },
    ['child-established'],
  ],
  [
    'a child that goes with half of its SPIs',
    'child-updown',
    { A: { ...ike, 'child-sas': { a: { ...child, 'spi-out': [] } } } },
    [],
  ],
  [
    'half a rekey',
    'child-rekey',
    { A: { ...ike, 'child-sas': { a: { old: child } } } },
    ['child-closing'],
  ],
  ['another address', 'ike-update', { 'local-host': '192.0.2.9', A: ike }, ['note']],
  ['an event that nobody asked for', 'log', { A: ike }, []],
  ['an alert', 'alert', { type: 'proposal-mismatch-ike', 'ike-sa': { A: ike } }, ['note']],
  ['an alert about nobody', 'alert', {}, ['note']],
] as const) {
  test(`event: ${what}`, () => assert.deepEqual(kinds(name, message), expected));
}

test('an alert says what it is, and whose', () => {
  const [event] = parseViciEvent(
    'alert',
    section({ type: 'ts-mismatch', 'ike-sa': { A: ike } }),
    noon,
  );
  assert.deepEqual(event, {
    at: noon,
    latest: noon,
    connection: 'A',
    ikeId: 7,
    code: 'vici.alert',
    kind: 'note',
    fields: { type: 'ts-mismatch' },
    evidence: { source: 'vici', at: noon, text: 'alert: A ts-mismatch' },
  });
});

test('a listed SA without a name, without an identity yet, and none at all', () => {
  const connecting = { ...ike, version: '3', state: 'CONNECTING', 'remote-id': '%any' };
  const { ikeSas } = parseListedSa(section({ '(unnamed)': connecting }));
  assert.deepEqual(
    ikeSas.map(({ connection, version, initiator, remoteId }) => [
      connection,
      version,
      initiator,
      remoteId,
    ]),
    [[undefined, undefined, false, undefined]],
  );
  assert.deepEqual(parseListedSa(section({})), { ikeSas: [], childSas: [] });
  assert.deepEqual(parseListedSa(section({ A: 'x' })), { ikeSas: [], childSas: [] });
});

test('a connection of several rounds, without DPD; and one that says nothing', () => {
  const [asked, silent] = parseListedConnections(
    section({
      A: {
        version: 'IKEv1/2',
        'local-1': { class: 'public key' },
        'local-2': { class: 'EAP', id: 'me' },
        'local-3': {},
        children: { a: { dpd_action: 'none', rekey_time: '0' } },
      },
      B: {},
    }),
  );
  assert.deepEqual(
    [asked?.version, asked?.localAuth, asked?.localId, asked?.remoteAuth],
    [undefined, 'public key+EAP', 'me', undefined],
  );
  const [only] = asked?.children ?? [];
  assert.deepEqual([only?.mode, only?.dpdAction, only?.rekeySeconds], ['', undefined, undefined]);
  assert.deepEqual([silent?.local, silent?.children], [[], []]);
});

for (const [version, release, expected] of [
  ['5.9.8', '5.9.8', true],
  ['5.9.8', '5.9.2', true],
  ['5.9.8', '5.10.0', false],
  ['6.0', '6.0.3', false],
  ['6.1', '6.0.3', true],
  ['6.0.3dr1', '6.0.3', true],
  ['5.3.1', '6.0.3', false],
  ['?', '6.0.3', true],
] as const) {
  test(`release ${version} is${expected ? '' : ' not'} at least ${release}`, () => {
    assert.equal(isAtLeast(version, release), expected);
  });
}
