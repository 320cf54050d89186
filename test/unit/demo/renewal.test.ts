import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createRenewal, stamped } from '../../../src/demo/renewal.ts';
import { config, recording } from './rehearsal.ts';

const zero = createRenewal(0);
const third = createRenewal(3);

void suite('renewal: unique ids', () => {
  const cases: readonly (readonly [string, string])[] = [
    [
      '05[IKE] <Osaka_Primary-1|12> initiating IKE_SA Osaka_Primary-1[13] to 10.0.1.1',
      '05[IKE] <Osaka_Primary-1|3012> initiating IKE_SA Osaka_Primary-1[3013] to 10.0.1.1',
    ],
    [
      '10[NET] <7> received packet: from 10.0.1.1[500]',
      '10[NET] <3007> received packet: from 10.0.1.1[500]',
    ],
    [
      'from 2001:db8:2::2[4500] to 2001:db8:2::104[500]',
      'from 2001:db8:2::2[4500] to 2001:db8:2::104[500]',
    ],
    ['IKE_SA (unnamed)[7] state', 'IKE_SA (unnamed)[3007] state'],
    ['establishing CHILD_SA Okayama-2{38}', 'establishing CHILD_SA Okayama-2{3038}'],
    ['CHILD_SA {5} not found for delete', 'CHILD_SA {3005} not found for delete'],
    ['acquire with reqid {5}', 'acquire with reqid {5}'],
    [
      '    Kobe-1[9]: CONNECTING, 10.0.2.2[10.0.2.2]...10.0.2.107[%any]',
      '    Kobe-1[3009]: CONNECTING, 10.0.2.2[10.0.2.2]...10.0.2.107[%any]',
    ],
    [
      '    Kyoto-1{8}:  INSTALLED, TUNNEL, reqid 2',
      '    Kyoto-1{3008}:  INSTALLED, TUNNEL, reqid 2',
    ],
    ['auth-trunc hmac(sha256) <<Keys hidden>> 128', 'auth-trunc hmac(sha256) <<Keys hidden>> 128'],
  ];
  for (const [before, after] of cases) {
    test(before, () => assert.equal(third(before), after));
  }
});

void suite('renewal: SPIs', () => {
  const spi = /SPIs (\w+)_i/.exec(third('with SPIs c1234567_i c89abcde_o'))?.[1] ?? '';

  test('is another one of the same form', () => {
    assert.match(spi, /^c[0-9a-f]{7}$/);
    assert.notEqual(spi, 'c1234567');
  });

  const cases: readonly (readonly [string, string])[] = [
    ['closing with SPIs c1234567_i (84 bytes)', `closing with SPIs ${spi}_i (84 bytes)`],
    ['ESP SPIs: c0000000_i c1234567_o', `${third('ESP SPIs: c0000000_i')} ${spi}_o`],
    [
      'sending DELETE for ESP CHILD_SA with SPI c1234567',
      `sending DELETE for ESP CHILD_SA with SPI ${spi}`,
    ],
    [
      'rekey job for CHILD_SA ESP/0xc1234567/10.0.1.2',
      `rekey job for CHILD_SA ESP/0x${spi}/10.0.1.2`,
    ],
    [
      'proto esp spi 0xc1234567(3240314215) reqid',
      `proto esp spi 0x${spi}(${Number.parseInt(spi, 16)}) reqid`,
    ],
    ['proto esp spi 0x00000000(0) reqid', 'proto esp spi 0x00000000(0) reqid'],
    [
      'IKEv2 SPIs: 0123456700000000_i* 0000000000000000_r',
      'IKEv2 SPIs: 0123456700000000_i* 0000000000000000_r',
    ],
    ['message ID 12345678', 'message ID 12345678'],
  ];
  for (const [before, after] of cases) {
    test(before, () => assert.equal(third(before), after));
  }

  test('is another one in each repetition', () => {
    const spis = Array.from({ length: 2000 }, (_, loop) => createRenewal(loop)('SPI c1234567'));
    assert.equal(new Set(spis).size, spis.length);
  });

  test('is the same one in the repetition without a number', () => {
    assert.equal(zero('A-1[2] {3} SPI c1234567'), 'A-1[2] {3} SPI c1234567');
  });
});

void suite('renewal of the recording', () => {
  const texts = recording.entries.flatMap((entry) => (entry.kind === 'mark' ? [] : entry.text));
  const before = texts.join('\n');
  const after = texts.map(third).join('\n');
  const all = (text: string, pattern: RegExp): readonly string[] =>
    [...text.matchAll(pattern)].map(([, found = '']) => found);

  test('leaves no SPI behind, wherever it stands', () => {
    const spis = new Set(all(before, /(?:spi 0x|SPIs? )([0-9a-f]{8})\b/g));
    assert.ok(spis.size > 100);
    const left = new Set(all(after, /(?<![0-9a-f])([0-9a-f]{8})(?![0-9a-f])/g));
    assert.deepEqual(
      [...spis].filter((spi) => left.has(spi) && spi !== '00000000'),
      [],
    );
  });

  test('leaves no unique id behind, and there are fewer of them than their distance', () => {
    const ids = /(?:\{|\||[a-z]-\d\[)(\d+)[\]}>]/g;
    const numbers = all(before, ids).map(Number);
    assert.ok(Math.max(...numbers) < 1000);
    assert.deepEqual(
      all(after, ids).map(Number),
      numbers.map((id) => id + 3000),
    );
  });

  test('changes nothing but numbers', () => {
    const bare = (text: string): string => text.replaceAll(/[0-9a-f]+/g, '');
    assert.equal(bare(after), bare(before));
  });
});

void suite('stamped', () => {
  const at = Date.UTC(2027, 0, 2, 3, 4, 5, 678);
  const cases: readonly (readonly [string, string])[] = [
    ['2026-11-23 13:46:59 05[CFG] received', '2027-01-02 03:04:05 05[CFG] received'],
    [
      '2026-11-23 13:46:59 05[CFG] 2026-11-23 13:46:59',
      '2027-01-02 03:04:05 05[CFG] 2026-11-23 13:46:59',
    ],
    ['2: wan1@if2: <BROADCAST>', '2: wan1@if2: <BROADCAST>'],
    ['', ''],
  ];
  for (const [before, after] of cases) {
    test(before, () => assert.equal(stamped(before, at), after));
  }

  test('is in the zone that the configuration says', () => {
    assert.equal(config.logs.timeZone, 'UTC');
  });
});
