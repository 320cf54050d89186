import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseListedConnections } from '../../src/parsers/vici/connections.ts';
import { parseViciEvent, viciEvents } from '../../src/parsers/vici/events.ts';
import { parseViciMessage } from '../../src/parsers/vici/message.ts';
import { createFrameReader, parseViciPacket } from '../../src/parsers/vici/packet.ts';
import { parseListedSa } from '../../src/parsers/vici/sas.ts';
import { messageBytes, recordedPackets } from '../helpers/vici.ts';
import type { PlainMessage } from '../helpers/vici.ts';

const recorded = ['events', 'lists', 'rekeyed-v1', 'rekeyed-v2'].flatMap((name) =>
  recordedPackets(name)
    .filter(({ from }) => from === 'charon')
    .map(({ bytes }) => bytes),
);
const stream = recorded.join('');

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Everything that is ever done with a packet of charon. */
function use(packet: string): void {
  const parsed = parseViciPacket(packet);
  if (parsed?.kind !== 'event') return;
  parseListedSa(parsed.message);
  parseListedConnections(parsed.message);
  for (const { event } of viciEvents) parseViciEvent(event, parsed.message, 0);
}

test('no bytes make it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      createFrameReader().push(latin1(bytes));
      use(latin1(bytes));
      use(`\u0007\u0001x${latin1(bytes)}`);
    }),
  );
});

test('nor does any change to what charon sent', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...recorded),
      fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { maxLength: 5 }),
      fc.nat(4000),
      (bytes, changes, length) => {
        const changed = bytes.slice(4).split('');
        for (const [at, code] of changes) changed[at % changed.length] = String.fromCharCode(code);
        use(changed.join(''));
        use(changed.slice(0, length).join(''));
      },
    ),
  );
});

test('however it is cut, the packets are the same', () => {
  const whole = createFrameReader().push(stream);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1 }), (sizes) => {
      const reader = createFrameReader();
      const packets: string[] = [];
      for (let at = 0, i = 0; at < stream.length; i += 1) {
        const end = at + (sizes[i % sizes.length] ?? 1);
        packets.push(...(reader.push(stream.slice(at, end)) ?? []));
        at = end;
      }
      assert.deepEqual(packets, whole);
    }),
    { numRuns: 30 },
  );
});

test('what was put into a message comes out of it', () => {
  const text = fc.string({ unit: 'binary-ascii', maxLength: 300 });
  const key = fc
    .string({ unit: 'binary-ascii', minLength: 1, maxLength: 20 })
    .map((name) => `k${name}`);
  const { message } = fc.letrec<{ message: PlainMessage }>((tie) => ({
    message: fc.dictionary(key, fc.oneof({ maxDepth: 4 }, text, fc.array(text), tie('message')), {
      maxKeys: 5,
    }),
  }));
  const plain = (section: ReadonlyMap<string, unknown>): object =>
    Object.fromEntries(
      [...section].map(([name, value]) => [name, value instanceof Map ? plain(value) : value]),
    );
  fc.assert(
    fc.property(message, (given) => {
      const parsed = parseViciMessage(messageBytes(given));
      assert.equal(JSON.stringify(parsed && plain(parsed)), JSON.stringify(given));
    }),
  );
});
