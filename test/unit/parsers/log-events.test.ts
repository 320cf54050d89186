import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createMatchers } from '../../../src/parsers/catalogue.ts';
import { createLogParser } from '../../../src/parsers/charon-log.ts';
import { bodyOf } from '../../helpers/events.ts';

const parser = createLogParser({ kind: 'charon', zone: 'UTC', matchers: createMatchers([]) });

function body(line: string): Record<string, unknown> | undefined {
  return bodyOf(parser.parse(line, { file: 'charon.log', line: 1, readAt: 0 }).event);
}

suite('events', () => {
  const peers = 'between 192.0.2.1[hq.example]...198.51.100.1[C=JP, CN=fw]';
  const spis = 'with SPIs c1a2b3d4_i 0de4f5a6_o and TS 10.1.0.0/16 10.3.0.0/24 === 10.2.0.0/16';
  const child = { name: 'Osaka-2', id: 4, spiIn: 'c1a2b3d4', spiOut: '0de4f5a6' };
  const selectors = { localTs: ['10.1.0.0/16', '10.3.0.0/24'], remoteTs: ['10.2.0.0/16'] };
  const sa = { name: 'Osaka-1', id: 3 };
  const bytes = 'c1a2b3d4_i (168 bytes) 0de4f5a6_o (0 bytes)';
  const cases: readonly (readonly [message: string, event: Record<string, unknown>])[] = [
    [
      '[IKE] initiating IKE_SA Osaka-1[3] to 198.51.100.1',
      { kind: 'ike-initiating', ...sa, version: 2 },
    ],
    [
      '[IKE] initiating Main Mode IKE_SA Osaka-1[3] to 198.51.100.1',
      { kind: 'ike-initiating', ...sa, version: 1 },
    ],
    [
      '[IKE] 198.51.100.1 is initiating an IKE_SA',
      { kind: 'ike-peer-initiating', peer: '198.51.100.1', version: 2 },
    ],
    [
      '[IKE] 198.51.100.1 is initiating IKE_SA Osaka-1[3]',
      { kind: 'ike-peer-initiating', peer: '198.51.100.1', version: 2 },
    ],
    [
      '[IKE] 198.51.100.1 is initiating a Aggressive Mode IKE_SA',
      { kind: 'ike-peer-initiating', peer: '198.51.100.1', version: 1 },
    ],
    [
      `[IKE] IKE_SA Osaka-1[3] established ${peers}`,
      {
        kind: 'ike-established',
        ...sa,
        local: '192.0.2.1',
        localId: 'hq.example',
        remote: '198.51.100.1',
        remoteId: 'C=JP, CN=fw',
      },
    ],
    [`[IKE] IKE_SA Osaka-1[3] rekeyed ${peers}`, { kind: 'ike-rekeyed', ...sa }],
    ['[IKE] reauthenticating IKE_SA Osaka-1[3]', { kind: 'ike-reauthenticating', ...sa }],
    [
      '[IKE] reauthenticating IKE_SA due to address change',
      { kind: 'ike-reauthenticating', name: undefined, id: undefined },
    ],
    ['[IKE] received DELETE for IKE_SA Osaka-1[3]', { kind: 'ike-delete-received', ...sa }],
    [`[IKE] deleting IKE_SA Osaka-1[3] ${peers}`, { kind: 'ike-deleting', ...sa }],
    [
      "[IKE] destroying duplicate IKE_SA for peer 'fw', received INITIAL_CONTACT",
      { kind: 'ike-replaced' },
    ],
    [
      "[IKE] deleting duplicate IKE_SA for peer 'fw' due to uniqueness policy",
      { kind: 'ike-replaced' },
    ],
    ['[IKE] destroying IKE_SA in state CONNECTING without notification', { kind: 'ike-replaced' }],
    ['[IKE] deleting unestablished IKE_SA', { kind: 'ike-replaced' }],
    ['[IKE] COOKIE2 mismatch, closing IKE_SA', { kind: 'ike-replaced' }],
    ['[IKE] received INVALID_SYNTAX notify error, destroying IKE_SA', { kind: 'ike-replaced' }],
    [
      '[JOB] deleting half open IKE_SA with 198.51.100.1 after timeout',
      { kind: 'ike-half-open-timeout' },
    ],
    [
      '[IKE] detected reauth of existing IKE_SA, adopting 2 children and 0 virtual IPs',
      { kind: 'children-adopted' },
    ],
    [
      '[IKE] establishing CHILD_SA Osaka-2{4} reqid 1',
      { kind: 'child-establishing', name: 'Osaka-2', id: 4 },
    ],
    [
      `[IKE] CHILD_SA Osaka-2{4} established ${spis}`,
      { kind: 'child-established', ...child, ...selectors, direction: 'both' },
    ],
    [
      `[IKE] inbound CHILD_SA Osaka-2{4} established ${spis}`,
      { kind: 'child-established', ...child, ...selectors, direction: 'inbound' },
    ],
    [
      `[IKE] outbound CHILD_SA Osaka-2{4} established ${spis} `,
      { kind: 'child-established', ...child, ...selectors, direction: 'outbound' },
    ],
    [
      `[IKE] closing CHILD_SA Osaka-2{4} with SPIs ${bytes} and TS 10.1.0.0/16 === 10.2.0.0/16`,
      { kind: 'child-closing', ...child, bytesIn: 168, bytesOut: 0, expired: false },
    ],
    [
      `[IKE] closing expired CHILD_SA Osaka-2{4} ${spis}`,
      { kind: 'child-closing', ...child, bytesIn: undefined, bytesOut: undefined, expired: true },
    ],
    [
      '[IKE] received DELETE for ESP CHILD_SA with SPI c1a2b3d4',
      { kind: 'child-delete-received', spi: 'c1a2b3d4' },
    ],
    ['[JOB] deleting CHILD_SA after 4 seconds of inactivity', { kind: 'child-inactive' }],
    ['[JOB] deleting IKE_SA after 4 seconds of CHILD_SA inactivity', { kind: 'child-inactive' }],
    ['[IKE] retransmit 2 of request with message ID 0', { kind: 'retransmit', attempt: 2 }],
    [
      '[IKE] sending retransmit 3 of request message ID 0, seq 1',
      { kind: 'retransmit', attempt: 3 },
    ],
    ['[IKE] peer not responding, trying again (2/3)', { kind: 'trying-again' }],
    ['[IKE] establishing IKE_SA failed, peer not responding', { kind: 'establish-failed' }],
    ['[JOB] DPD check timed out, enforcing DPD action', { kind: 'dpd-timeout' }],
    [
      "[CFG] received stroke: terminate 'Osaka-1'",
      { kind: 'terminate-requested', name: 'Osaka-1' },
    ],
    [
      "[CFG] received stroke: terminate 'Osaka-1[*]'",
      { kind: 'terminate-requested', name: 'Osaka-1' },
    ],
    [
      "[CFG] received stroke: terminate 'Osaka-2{4}'",
      { kind: 'terminate-requested', name: 'Osaka-2' },
    ],
    ["[CFG] vici terminate IKE_SA 'Osaka-1'", { kind: 'terminate-requested', name: 'Osaka-1' }],
    [
      "[CFG] vici terminate CHILD_SA 'Osaka-2' #4 of IKE_SA 'Osaka-1' #3",
      { kind: 'terminate-requested', name: 'Osaka-2' },
    ],
    ['[CFG] vici terminate IKE_SA #3', { kind: 'terminate-requested', name: undefined }],
    ["[CFG] vici closing IKE_SA 'Osaka-1' #3", { kind: 'terminate-requested', name: 'Osaka-1' }],
    [
      '[DMN] Starting IKE charon daemon (strongSwan 5.9.8, Linux 6.1.0, x86_64)',
      { kind: 'daemon', change: 'started' },
    ],
    ['[DMN] SIGTERM received, shutting down', { kind: 'daemon', change: 'stopping' }],
    ['[DMN] killing ourself, received critical signal', { kind: 'daemon', change: 'crashed' }],
    ['[DMN] initialization failed - aborting charon', { kind: 'daemon', change: 'stopped' }],
    ['[APP] charon has died -- restart scheduled (5sec)', { kind: 'daemon', change: 'crashed' }],
    ['[APP] charon (123) started after 40 ms', { kind: 'daemon', change: 'started' }],
    ['[APP] charon stopped after 200 ms', { kind: 'daemon', change: 'stopped' }],
    ['[KNL] interface Port2 activated', { kind: 'interface-logged', interface: 'Port2', up: true }],
    [
      '[KNL] interface Port2 deactivated',
      { kind: 'interface-logged', interface: 'Port2', up: false },
    ],
    ['[KNL] interface Port2 deleted', { kind: 'interface-logged', interface: 'Port2', up: false }],
    [
      '[CFG] selected proposal: ESP:AES_GCM_16_256/NO_EXT_SEQ',
      { kind: 'note', fields: { proposal: 'ESP:AES_GCM_16_256/NO_EXT_SEQ' } },
    ],
    ['[DMN] ALERT: local authentication failed', { kind: 'note', fields: {} }],
  ];
  for (const [message, event] of cases) {
    test(message, () => {
      assert.deepEqual(body(`05${message}`), event);
    });
  }
});

suite('failed negotiations', () => {
  const cases: readonly (readonly [
    message: string,
    phase: 1 | 2 | undefined,
    reason: string | undefined,
  ])[] = [
    ['[IKE] received NO_PROPOSAL_CHOSEN notify error', 1, 'no-proposal-chosen'],
    ['[IKE] received AUTHENTICATION_FAILED notify error', 1, 'authentication-failed'],
    ['[IKE] received INVALID_SYNTAX notify error', undefined, 'malformed'],
    ['[IKE] received NO_ADDITIONAL_SAS notify error', undefined, 'other'],
    ['[IKE] received TEMPORARY_FAILURE notify error', undefined, undefined],
    ['[IKE] received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built', 2, 'no-proposal-chosen'],
    ['[IKE] received TS_UNACCEPTABLE notify, no CHILD_SA built', 2, 'ts-unacceptable'],
    ['[IKE] received NO_PROPOSAL_CHOSEN error notify', undefined, 'no-proposal-chosen'],
    ['[IKE] received INVALID_ID_INFORMATION error notify', undefined, 'ts-unacceptable'],
    ['[IKE] received AUTHENTICATION_FAILED error notify', 1, 'authentication-failed'],
    ['[IKE] received INVALID_KE_PAYLOAD error notify', undefined, 'invalid-ke-payload'],
    ['[IKE] received proposals unacceptable', 1, 'no-proposal-chosen'],
    ['[IKE] no proposal found', 1, 'no-proposal-chosen'],
    ['[IKE] no acceptable proposal found', 2, 'no-proposal-chosen'],
    ['[IKE] no matching proposal found, sending NO_PROPOSAL_CHOSEN', 2, 'no-proposal-chosen'],
    [
      '[IKE] no IKE config found for 192.0.2.1...198.51.100.1, sending NO_PROPOSAL_CHOSEN',
      1,
      'no-ike-config',
    ],
    ['[CFG] no matching peer config found', 1, 'no-peer-config'],
    ['[IKE] no peer config found', 1, 'no-peer-config'],
    ["[IKE] tried 1 shared key for 'a' - 'b', but MAC mismatched", 1, 'psk-mismatch'],
    ['[ENC] invalid HASH_V1 payload length, decryption failed?', 1, 'psk-mismatch'],
    ['[ENC] could not decrypt payloads', undefined, undefined],
    ["[IKE] no shared key found for 'a' - 'b'", 1, 'psk-missing'],
    ['[IKE] no shared key found for 192.0.2.1 - 198.51.100.1', undefined, undefined],
    ["[IKE] IDir 'a' does not match to 'b'", 1, 'id-mismatch'],
    ["[CFG] constraint check failed: identity 'a' required ", 1, 'id-mismatch'],
    ["[IKE] no trusted RSA public key found for 'a'", 1, 'certificate-invalid'],
    ['[IKE] traffic selectors 10.1.0.0/16 === 10.2.0.0/16 unacceptable', 2, 'ts-unacceptable'],
    [
      '[IKE] no matching CHILD_SA config found for 10.2.0.0/16 === 10.1.0.0/16',
      2,
      'ts-unacceptable',
    ],
    ['[IKE] unable to install IPsec policies (SPD) in kernel', 2, 'kernel'],
    ['[IKE] failed to establish CHILD_SA, keeping IKE_SA', undefined, undefined],
    ['[IKE] unable to resolve fw.example, initiate aborted', 1, 'unresolvable'],
  ];
  for (const [message, phase, reason] of cases) {
    test(message, () => {
      const event = body(`05${message}`);
      if (reason === undefined) assert.equal(event?.['kind'], 'note');
      else {
        const { fields, ...rest } = event ?? {};
        assert.deepEqual(rest, { kind: 'negotiation-failed', phase, reason });
        assert.equal(typeof fields, 'object');
      }
    });
  }
});

test('a failed negotiation keeps what the message names', () => {
  const event = body("05[IKE] tried 1 shared key for 'a' - 'b', but MAC mismatched");
  assert.deepEqual(event?.['fields'], { count: '1', plural: '', localId: 'a', remoteId: 'b' });
});
