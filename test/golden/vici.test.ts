import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseListedConnections } from '../../src/parsers/vici/connections.ts';
import { parseViciEvent } from '../../src/parsers/vici/events.ts';
import type { ViciSection } from '../../src/parsers/vici/message.ts';
import { createFrameReader, parseViciPacket } from '../../src/parsers/vici/packet.ts';
import { parseListedSa } from '../../src/parsers/vici/sas.ts';
import { noon } from '../helpers/events.ts';
import { recordedPackets } from '../helpers/vici.ts';

const folder = join(import.meta.dirname, '../fixtures/vici');

function plain(section: ViciSection): object {
  return Object.fromEntries(
    [...section].map(([key, value]) => [key, value instanceof Map ? plain(value) : value]),
  );
}

/** What the program makes of each packet of charon, one a line. */
function toGolden(name: string): string {
  const output = recordedPackets(name)
    .filter(({ from }) => from === 'charon')
    .flatMap(({ bytes }) => createFrameReader().push(bytes) ?? [])
    .flatMap((bytes): readonly object[] => {
      const packet = parseViciPacket(bytes);
      assert.ok(packet, `a packet of ${name}`);
      if (packet.kind === 'response') return [{ response: plain(packet.message) }];
      if (packet.kind !== 'event') return [packet];
      switch (packet.name) {
        case 'list-sa':
          return [parseListedSa(packet.message)];
        case 'list-conn':
          return parseListedConnections(packet.message);
        default:
          return parseViciEvent(packet.name, packet.message, noon);
      }
    });
  return output.map((item) => `${JSON.stringify(item)}\n`).join('');
}

for (const name of ['events', 'lists', 'rekeyed-v1', 'rekeyed-v2']) {
  test(`golden: VICI, ${name}`, () => {
    const golden = join(folder, `${name}.golden.jsonl`);
    const actual = toGolden(name);
    if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(golden, actual);
    assert.deepEqual(actual.split('\n'), readFileSync(golden, 'utf8').split('\n'));
  });
}
