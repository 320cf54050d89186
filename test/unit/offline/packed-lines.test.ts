import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packLines, unpackLines } from '../../../src/offline/packed-lines.ts';
import { createMatchers } from '../../../src/parsers/catalogue.ts';
import { createLogParser } from '../../../src/parsers/charon-log.ts';
import type { KnownLine } from '../../../src/parsers/log-events.ts';
import { recordedLines } from '../../helpers/recorded-log.ts';

const file = '/log/charon.log';

function knownLines(lines: readonly string[]): readonly KnownLine[] {
  const parser = createLogParser({ kind: 'charon', zone: 'UTC', matchers: createMatchers([]) });
  const readAt = Date.UTC(2026, 11, 1);
  return lines.flatMap((line, i) => parser.read(line, { file, line: i + 1, readAt }).known ?? []);
}

function sent(lines: readonly KnownLine[]): readonly KnownLine[] {
  return unpackLines(structuredClone(packLines(lines)), file);
}

test('every recorded line arrives as it was', () => {
  const lines = knownLines(recordedLines(/./));
  assert.ok(lines.length > 1000);
  assert.deepEqual(sent(lines), lines);
});

test('what is missing stays missing, and text is any text', () => {
  const stamp = '2026-11-23 12:00:00 05';
  const lines = knownLines([
    `${stamp}[NET] received packet: from 192.0.2.7[500] to 198.51.100.1[500] (336 bytes)`,
    `${stamp}[IKE] no IKE config found for 198.51.100.1...192.0.2.7, sending NO_PROPOSAL_CHOSEN`,
    `${stamp}[CFG] looking for pre-shared key peer configs matching 198.51.100.1...192.0.2.7[大阪 \u0000"]`,
    `${stamp}[IKE] <大阪|0> initiating IKE_SA 大阪[0] to 192.0.2.7`,
    'establishing connection failed',
  ]);
  assert.ok(lines.some(({ from }) => from.peerAddress === '192.0.2.7'));
  assert.ok(lines.some(({ from }) => from.ikeId === 0 && from.connection === '大阪'));
  assert.deepEqual(sent(lines), lines);
  assert.deepEqual(sent([]), []);
});
