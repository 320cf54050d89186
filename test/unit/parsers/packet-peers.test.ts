import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMatchers } from '../../../src/parsers/catalogue.ts';
import type { Match } from '../../../src/parsers/matcher.ts';
import { PacketPeers } from '../../../src/parsers/packet-peers.ts';

/** What the catalogue makes of a packet's arrival. */
const arrival = (src: string): Match => ({
  code: 'net.packet_received',
  ignored: true,
  fields: { src, srcPort: '500', dst: '192.0.2.1', dstPort: '500', bytes: '36' },
});

test('a thread is at work on the packet that it received, for a second', () => {
  const peers = new PacketPeers();
  peers.note(5, arrival('198.51.100.1'), 1000);
  peers.note(6, arrival('2001:db8::1'), 1000);
  assert.deepEqual(
    [peers.of(5, 1000), peers.of(6, 2000), peers.of(5, 2001), peers.of(7, 1000)],
    ['198.51.100.1', '2001:db8::1', undefined, undefined],
  );
});

test('the catalogue tells of an arrival in just that form', () => {
  const message = 'received packet: from 198.51.100.1[500] to 192.0.2.1[500] (36 bytes)';
  assert.deepEqual(createMatchers([]).charon.match(message, 'NET'), arrival('198.51.100.1'));
});

test('other messages, and lines without a thread, tell nothing', () => {
  const peers = new PacketPeers();
  peers.note(5, { ...arrival('198.51.100.1'), code: 'net.packet_sent' }, 1000);
  peers.note(5, { ...arrival(''), fields: {} }, 1000);
  peers.note(undefined, arrival('198.51.100.1'), 1000);
  assert.deepEqual([peers.of(5, 1000), peers.of(undefined, 1000)], [undefined, undefined]);
});

test('a forged log cannot fill the memory with threads', () => {
  const peers = new PacketPeers();
  for (let thread = 0; thread < 300; thread += 1) peers.note(thread, arrival('198.51.100.1'), 1000);
  assert.deepEqual([peers.of(255, 1000), peers.of(256, 1000)], ['198.51.100.1', undefined]);
  peers.note(255, arrival('198.51.100.2'), 1000);
  assert.equal(peers.of(255, 1000), '198.51.100.2');
});
