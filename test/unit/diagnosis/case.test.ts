import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resting } from '../../../src/diagnosis/case.ts';
import { nextChildLife, noChildLife } from '../../../src/diagnosis/child-life.ts';
import type { LogEvent } from '../../../src/events/log-event.ts';
import { childClosing, childUp, evidence, logged, noon } from '../../helpers/events.ts';

test('evidence is in the order of time and lines, once, and eight pieces at most', () => {
  const piece = (at: number, line?: number) => ({
    source: 'charon.log',
    at: noon + at,
    text: 'a line',
    ...(line === undefined ? {} : { line }),
  });
  const pieces = [piece(3, 30), piece(0), piece(3, 20), piece(0, 1), piece(3, 20), piece(3)];
  const [diagnosis] = resting('dead-peer', 'certain', pieces);
  assert.deepEqual(diagnosis, {
    code: 'dead-peer',
    confidence: 'certain',
    from: noon,
    until: undefined,
    evidence: [piece(0), piece(0, 1), piece(3), piece(3, 20), piece(3, 30)],
  });
  const many = Array.from({ length: 20 }, (_, i) => piece(i, i));
  const [bounded] = resting('dead-peer', 'certain', many);
  assert.deepEqual(
    bounded?.evidence.map(({ line }) => line),
    [0, 1, 2, 3, 16, 17, 18, 19],
  );
});

const live = (events: readonly LogEvent[], movedAt?: number) =>
  events.reduce((life, event) => nextChildLife(life, event, movedAt), noChildLife);

const note = (code: string, at: number) => ({ ...logged({ kind: 'note', fields: {} }, at), code });

test('who has rekeyed: the one that asked, or in IKEv1 the one that is detected', () => {
  const rekeyed = (...between: readonly LogEvent[]) =>
    live([
      logged(childUp('T-1', 1), noon),
      ...between,
      logged(childClosing('T-1', 1, { bytesIn: 3, bytesOut: 4 }), noon + 61_000),
    ]).rekeys.map(({ ageMs, bytes, byPeer }) => ({ ageMs, bytes, byPeer }));
  const at = noon + 60_000;
  const inbound = logged(childUp('T-1', 2, { direction: 'inbound' }), at);
  const outbound = logged(childUp('T-1', 2, { direction: 'outbound' }), at);
  const both = logged(childUp('T-1', 2), at);
  const asked = logged({ kind: 'child-establishing', name: 'T-1', id: 2 }, at);
  const rekey = { ageMs: 60_000, bytes: 7 };
  assert.deepEqual(rekeyed(inbound, outbound), [{ ...rekey, byPeer: true }]);
  assert.deepEqual(rekeyed(asked, inbound, outbound), [{ ...rekey, byPeer: false }]);
  assert.deepEqual(rekeyed(note('child.rekey_detected', at), both), [{ ...rekey, byPeer: true }]);
  assert.deepEqual(rekeyed(note('child.rekey_detected', noon), both), [
    { ...rekey, byPeer: false },
  ]);
  assert.deepEqual(rekeyed(note('child.closed', at), both, both), [{ ...rekey, byPeer: false }]);
});

test('how a child ended', () => {
  const up = logged(childUp('T-1', 1), noon);
  const deleted = logged({ kind: 'child-delete-received', spi: 'd0000001' }, noon + 60_000);
  const closing = (more: object) => logged(childClosing('T-1', 1, more), noon + 60_000);
  const ends = (events: readonly LogEvent[], movedAt?: number) =>
    live(events, movedAt).deletions.map(({ bytes, idleMs }) => ({ bytes, idleMs }));
  const counted = { bytesIn: 5, bytesOut: 5 };
  assert.deepEqual(ends([up, closing(counted)]), [], 'this side closed it');
  assert.deepEqual(ends([deleted, closing(counted)]), [], 'nobody told of it');
  assert.deepEqual(ends([up, deleted, closing({})]), [{ bytes: 0, idleMs: 60_000 }]);
  assert.deepEqual(ends([up, deleted, closing(counted)]), [{ bytes: 10, idleMs: undefined }]);
  assert.deepEqual(ends([up, deleted, closing(counted)], noon + 20_000), [
    { bytes: 10, idleMs: 40_000 },
  ]);
  assert.deepEqual(ends([up, deleted, closing(counted)], noon - 20_000), [
    { bytes: 10, idleMs: 60_000 },
  ]);
  const expired = { bytesIn: undefined, bytesOut: undefined, expired: true };
  assert.deepEqual(ends([up, deleted, closing(expired)]), [{ bytes: 0, idleMs: 60_000 }]);
  assert.deepEqual(live([up, deleted, closing({})]).deletions[0]?.evidence, evidence);
});
