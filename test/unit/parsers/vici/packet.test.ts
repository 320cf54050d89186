import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createFrameReader,
  parseViciPacket,
  viciRegistration,
  viciRequest,
} from '../../../../src/parsers/vici/packet.ts';
import { parseViciMessage } from '../../../../src/parsers/vici/message.ts';
import { framed, messageBytes, packets, recordedPackets } from '../../../helpers/vici.ts';

const asked = recordedPackets('lists')
  .filter(({ from }) => from === 'us')
  .map(({ bytes }) => bytes);

test('what we ask is byte for byte what charon understood', () => {
  assert.deepEqual(
    [
      viciRequest('version'),
      viciRequest('stats'),
      viciRequest('get-counters', { all: 'yes' }),
      viciRegistration('list-sa'),
      viciRequest('list-sas'),
      viciRegistration('list-conn'),
      viciRequest('list-conns'),
      viciRegistration('list-policy'),
      viciRequest('list-policies', { drop: 'yes', pass: 'yes', trap: 'yes' }),
    ],
    // Without the packets that end a registration, and a command that there is none of.
    asked.filter((bytes) => bytes.charCodeAt(4) !== 4 && !bytes.includes('no-such')),
  );
});

test('lengths beyond one byte', () => {
  const value = 'b'.repeat(4464);
  const long = viciRequest('x', { a: value });
  assert.deepEqual(createFrameReader().push(long), [long.slice(4)]);
  assert.equal(parseViciMessage(long.slice(4 + 3))?.get('a'), value);
});

test('packets of every kind', () => {
  const kinds = [
    packets.response({ a: 'b' }),
    packets.event('x', { a: 'b' }),
    packets.confirmed,
    packets.unknownCommand,
    packets.unknownEvent,
  ].map((bytes) => parseViciPacket(bytes.slice(4))?.kind);
  assert.deepEqual(kinds, ['response', 'event', 'confirmed', 'unknown-command', 'unknown-event']);
});

for (const [what, packet] of [
  ['nothing', ''],
  ['a type that only we send', '\u0000\u0001x'],
  ['a type that there is none of', '\u0009'],
  ['an event without a name', '\u0007'],
  ['an event whose name is cut off', '\u0007\u0005abc'],
  ['an answer with half a message', '\u0001\u0003\u0001a'],
  ['an event with half a message', '\u0007\u0001a\u0001'],
] as const) {
  test(`no packet: ${what}`, () => assert.equal(parseViciPacket(packet), undefined));
}

test('packets in pieces, and several at once', () => {
  const reader = createFrameReader();
  const bytes = framed('one') + framed('') + framed('three');
  assert.deepEqual(reader.push(bytes.slice(0, 2)), []);
  assert.deepEqual(reader.push(bytes.slice(2, 9)), ['one']);
  assert.deepEqual(reader.push(bytes.slice(9)), ['', 'three']);
});

test('a packet of the greatest length, and one beyond it', () => {
  const longest = 'x'.repeat(512 * 1024);
  assert.deepEqual(createFrameReader().push(framed(longest)), [longest]);
  assert.equal(createFrameReader().push(framed(`${longest}x`).slice(0, 4)), undefined);
  assert.equal(createFrameReader().push('HTTP/1.1 400'), undefined);
});

test('a message: text, lists, sections, and UTF-8', () => {
  const bytes = messageBytes({
    a: '',
    b: ['x', ''],
    c: { d: { e: 'f' } },
    'g\u00c3\u00bc': '\u00c3',
  });
  const message = parseViciMessage(bytes);
  assert.deepEqual([message?.get('a'), message?.get('b')], ['', ['x', '']]);
  assert.deepEqual(message?.get('c'), new Map([['d', new Map([['e', 'f']])]]));
  assert.equal(message?.get('gü'), '\ufffd');
});

function nested(depth: number): string {
  return '\u0001\u0001s'.repeat(depth) + '\u0002'.repeat(depth);
}

for (const [what, bytes] of [
  ['an end without a beginning', '\u0002'],
  ['a section without an end', '\u0001\u0001s'],
  ['a section whose content is broken', '\u0001\u0001s\u0003'],
  ['a name that is cut off', '\u0003\u0009a'],
  ['an element without a name', '\u0003'],
  ['a value that is cut off', '\u0003\u0001a\u0000\u0002b'],
  ['a value without a length', '\u0003\u0001a\u0000'],
  ['an item outside of a list', '\u0005\u0000\u0001b'],
  ['a list without an end', '\u0004\u0001a\u0005\u0000\u0001b'],
  ['a list with something else in it', '\u0004\u0001a\u0003\u0001b\u0000\u0000\u0006'],
  ['a list with an item that is cut off', '\u0004\u0001a\u0005\u0000\u0009b'],
  ['an element of a type that there is none of', '\u0063\u0001a'],
  ['sections nested too deep', nested(17)],
] as const) {
  test(`no message: ${what}`, () => assert.equal(parseViciMessage(bytes), undefined));
}

test('sections nested as deep as may be', () => {
  assert.equal(parseViciMessage(nested(16))?.size, 1);
});
