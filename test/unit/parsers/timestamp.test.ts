import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createStampReader } from '../../../src/parsers/timestamp.ts';

/** Reads the stamp at the start of a line; its text, moment and resolution. */
function read(
  line: string,
  zone = 'UTC',
  { previous, reference = '2026-11-24T00:00:00Z' }: { previous?: string; reference?: string } = {},
): { text: string; moment: string; resolutionMs: number } | undefined {
  const reader = createStampReader(zone);
  const stamp = reader.read(line, 0);
  if (stamp === undefined) return undefined;
  const context = {
    previous: previous === undefined ? undefined : Date.parse(previous),
    reference: Date.parse(reference),
  };
  return {
    text: line.slice(0, stamp.length),
    moment: new Date(reader.resolve(stamp, context)).toISOString(),
    resolutionMs: stamp.resolutionMs,
  };
}

suite('forms of stamps', () => {
  const cases: readonly (readonly [line: string, text: string, moment: string, ms?: number])[] = [
    ['2026-11-23 11:50:27 05[NET] x', '2026-11-23 11:50:27', '2026-11-23T11:50:27.000Z'],
    ['2026-11-23T11:50:27 x', '2026-11-23T11:50:27', '2026-11-23T11:50:27.000Z'],
    ['2026/11/23 11:50:27 x', '2026/11/23 11:50:27', '2026-11-23T11:50:27.000Z'],
    ['2026-11-23 11:50:27.5 x', '2026-11-23 11:50:27.5', '2026-11-23T11:50:27.500Z', 100],
    ['2026-11-23 11:50:27.123 x', '2026-11-23 11:50:27.123', '2026-11-23T11:50:27.123Z', 1],
    ['2026-11-23 11:50:27,123456 x', '2026-11-23 11:50:27,123456', '2026-11-23T11:50:27.123Z', 1],
    ['2026-11-23T11:50:27Z x', '2026-11-23T11:50:27Z', '2026-11-23T11:50:27.000Z'],
    ['2026-11-23 11:50:27 UTC x', '2026-11-23 11:50:27 UTC', '2026-11-23T11:50:27.000Z'],
    [
      '2026-11-23T11:50:27.25+09:00 x',
      '2026-11-23T11:50:27.25+09:00',
      '2026-11-23T02:50:27.250Z',
      10,
    ],
    ['2026-11-23T20:52:23-0600', '2026-11-23T20:52:23-0600', '2026-11-24T02:52:23.000Z'],
    ['2026-11-23 11:50:27 CEST 05[NET] x', '2026-11-23 11:50:27 CEST', '2026-11-23T11:50:27.000Z'],
    ['2026-11-23 11:50:27 FAILED x', '2026-11-23 11:50:27', '2026-11-23T11:50:27.000Z'],
    ['2026-11-23 23:59:60 x', '2026-11-23 23:59:60', '2026-11-24T00:00:00.000Z'],
    ['2024-02-29 12:00:00', '2024-02-29 12:00:00', '2024-02-29T12:00:00.000Z'],
    ['[2026-11-23 11:50:27] x', '[2026-11-23 11:50:27]', '2026-11-23T11:50:27.000Z'],
    ['Nov 23 11:50:27 fw charon: x', 'Nov 23 11:50:27', '2026-11-23T11:50:27.000Z'],
    ['Nov  3 11:50:27 fw charon: x', 'Nov  3 11:50:27', '2026-11-03T11:50:27.000Z'],
    ['Nov 23 11:50:27 sun charon: x', 'Nov 23 11:50:27', '2026-11-23T11:50:27.000Z'],
    ['Nov 23 11:50:27 2001:db8::1 is initiating', 'Nov 23 11:50:27', '2026-11-23T11:50:27.000Z'],
    ['Nov 23 9:50:27 x', 'Nov 23 9:50:27', '2026-11-23T09:50:27.000Z'],
    ['Nov 23 11:50:27 2025 05[NET] x', 'Nov 23 11:50:27 2025', '2025-11-23T11:50:27.000Z'],
    ['Nov 23 11:50:27 2025 2025 x', 'Nov 23 11:50:27 2025', '2025-11-23T11:50:27.000Z'],
    ['Nov 23 11:50:27 1234[NET] x', 'Nov 23 11:50:27', '2026-11-23T11:50:27.000Z'],
    ['Nov 23 11:50:27 12:00:00 x', 'Nov 23 11:50:27', '2026-11-23T11:50:27.000Z'],
    ['Nov 23 11:50:27 7 x', 'Nov 23 11:50:27', '2026-11-23T11:50:27.000Z'],
    ['2026 Nov 23 11:50:27 05[NET] x', '2026 Nov 23 11:50:27', '2026-11-23T11:50:27.000Z'],
    ['Mon Nov 23 11:50:27 2026 05[NET] x', 'Mon Nov 23 11:50:27 2026', '2026-11-23T11:50:27.000Z'],
    [
      'Mon, 23 Nov 2026, 11:50:27, 05[NET] x',
      'Mon, 23 Nov 2026, 11:50:27,',
      '2026-11-23T11:50:27.000Z',
    ],
    [
      'Monday, 23 November 2026 11:50:27.042 05[IKE1] x',
      'Monday, 23 November 2026 11:50:27.042',
      '2026-11-23T11:50:27.042Z',
      1,
    ],
    ['11:50:27 23 Nov 2026 05[NET] x', '11:50:27 23 Nov 2026', '2026-11-23T11:50:27.000Z'],
    ['1795434627 05[NET] x', '1795434627', '2026-11-23T11:50:27.000Z'],
    ['1795434627.25 05[NET] x', '1795434627.25', '2026-11-23T11:50:27.250Z', 10],
  ];
  for (const [line, text, moment, resolutionMs = 1000] of cases) {
    test(line, () => {
      assert.deepEqual(read(line), { text, moment, resolutionMs });
    });
  }
});

suite('no stamps', () => {
  for (const line of [
    '',
    '05[NET] received packet',
    'the rest of a message',
    '2026-11-23',
    '2026-11-23 11:50',
    '2026-11-23 11:50:61 x',
    '2026-11-23 24:00:00 x',
    '2026-11/23 11:50:27 x',
    '2026-11-23_11:50:27 x',
    '2026-02-29 11:50:27 x',
    '2100-02-29 11:50:27 x',
    '2026-13-01 11:50:27 x',
    '2026-00-01 11:50:27 x',
    '2026-01-00 11:50:27 x',
    '1869-01-01 11:50:27 x',
    '2026-1a-01 11:50:27 x',
    '11:50:27 05[NET] x',
    'Nov 11:50:27 x',
    'Nov 31 11:50:27 x',
    'Nov 23 25:50:27 x',
    '1795434627x',
    '[2026-11-23 11:50:27 x',
    '[[2026-11-23 11:50:27]] x',
    '[no stamp] x',
  ]) {
    test(`"${line}"`, () => {
      assert.equal(read(line), undefined);
    });
  }
});

suite('zones', () => {
  test('an hour that comes twice is taken for the first', () => {
    const berlin = read('2026-10-25 02:30:00', 'Europe/Berlin');
    assert.equal(berlin?.moment, '2026-10-25T00:30:00.000Z');
    const newYork = read('2026-11-01 01:30:00', 'America/New_York');
    assert.equal(newYork?.moment, '2026-11-01T05:30:00.000Z');
  });

  const folds: readonly (readonly [
    zone: string,
    line: string,
    previous: string,
    moment: string,
  ])[] = [
    ['Europe/Berlin', '2026-10-25 02:30:00', '2026-10-25T00:29:59Z', '2026-10-25T00:30:00.000Z'],
    ['Europe/Berlin', '2026-10-25 02:00:00', '2026-10-25T00:59:59Z', '2026-10-25T01:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25 02:30:00', '2026-10-25T01:29:00Z', '2026-10-25T01:30:00.000Z'],
    ['Europe/Berlin', '2026-10-25 02:30:00', '2026-10-25T00:30:02Z', '2026-10-25T00:30:00.000Z'],
    ['Europe/Berlin', '2026-10-25 02:30:00', '2026-02-01T12:00:00Z', '2026-10-25T00:30:00.000Z'],
    ['America/New_York', '2026-11-01 01:10:00', '2026-11-01T05:50:00Z', '2026-11-01T06:10:00.000Z'],
  ];
  for (const [zone, line, previous, moment] of folds) {
    test(`${zone}: ${line} after ${previous} is ${moment}`, () => {
      assert.equal(read(line, zone, { previous })?.moment, moment);
    });
  }

  const others: readonly (readonly [zone: string, line: string, moment: string])[] = [
    ['Europe/Berlin', '2026-10-25 01:59:59', '2026-10-24T23:59:59.000Z'],
    ['Europe/Berlin', '2026-10-25 03:00:00', '2026-10-25T02:00:00.000Z'],
    ['Europe/Berlin', '2026-03-29 01:59:59', '2026-03-29T00:59:59.000Z'],
    ['Europe/Berlin', '2026-03-29 02:30:00', '2026-03-29T01:30:00.000Z'],
    ['Europe/Berlin', '2026-03-29 03:00:00', '2026-03-29T01:00:00.000Z'],
    ['America/New_York', '2026-03-08 02:15:00', '2026-03-08T07:15:00.000Z'],
    ['Asia/Tokyo', '2026-11-23 11:50:27', '2026-11-23T02:50:27.000Z'],
    ['Asia/Kathmandu', '2026-11-23 11:50:27', '2026-11-23T06:05:27.000Z'],
  ];
  for (const [zone, line, moment] of others) {
    test(`${zone}: ${line} is ${moment}`, () => {
      assert.equal(read(line, zone)?.moment, moment);
    });
  }

  test('the hours on both sides of a change, read one after the other', () => {
    const reader = createStampReader('Europe/Berlin');
    let previous: number | undefined;
    const moments = ['01:59:59', '02:00:00', '02:59:59', '02:00:00', '02:59:59', '03:00:00'].map(
      (time) => {
        const stamp = reader.read(`2026-10-25 ${time}`, 0);
        assert.ok(stamp);
        previous = reader.resolve(stamp, { previous, reference: 0 });
        return new Date(previous).toISOString().slice(11, 19);
      },
    );
    assert.deepEqual(moments, [
      '23:59:59',
      '00:00:00',
      '00:59:59',
      '01:00:00',
      '01:59:59',
      '02:00:00',
    ]);
  });
});

suite('stamps without a year', () => {
  const cases: readonly (readonly [
    line: string,
    reference: string,
    moment: string,
    zone?: string,
  ])[] = [
    ['Dec 31 23:59:59', '2027-01-01T00:00:01Z', '2026-12-31T23:59:59.000Z'],
    ['Jan  1 00:00:30', '2026-12-31T23:59:59Z', '2027-01-01T00:00:30.000Z'],
    ['Jan  2 00:00:30', '2026-12-31T23:59:59Z', '2026-01-02T00:00:30.000Z'],
    ['Nov 24 11:00:00', '2026-11-23T12:00:00Z', '2026-11-24T11:00:00.000Z'],
    ['Nov 25 11:00:00', '2026-11-23T12:00:00Z', '2025-11-25T11:00:00.000Z'],
    ['Feb 29 01:00:00', '2026-11-23T12:00:00Z', '2024-02-29T01:00:00.000Z'],
    ['Feb 29 01:00:00', '2028-03-01T12:00:00Z', '2028-02-29T01:00:00.000Z'],
    ['Mar  1 00:00:00', '2026-11-23T12:00:00Z', '2026-03-01T00:00:00.000Z'],
    ['Mar  1 00:00:00', '2028-11-23T12:00:00Z', '2028-03-01T00:00:00.000Z'],
    ['Jan  1 08:59:00', '2027-01-01T00:00:00Z', '2026-12-31T23:59:00.000Z', 'Asia/Tokyo'],
  ];
  for (const [line, reference, moment, zone] of cases) {
    test(`${line}, seen ${reference}${zone === undefined ? '' : `, ${zone}`}`, () => {
      assert.equal(read(line, zone, { reference })?.moment, moment);
    });
  }
});

test('every day of two centuries is the day that the platform says', () => {
  const { read: readStamp, resolve } = createStampReader('UTC');
  for (let at = 0; at < Date.UTC(2200, 0, 1); at += 86_400_000) {
    const stamp = readStamp(new Date(at).toISOString(), 0);
    assert.ok(stamp);
    assert.equal(resolve(stamp, { previous: undefined, reference: 0 }), at);
  }
});
