import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseInterfaces } from '../../src/parsers/ip-addr.ts';
import { parseMonitorLine } from '../../src/parsers/ip-monitor.ts';
import { parseStatusall } from '../../src/parsers/statusall.ts';
import { parseXfrmPolicies } from '../../src/parsers/xfrm-policy.ts';
import { parseXfrmStat } from '../../src/parsers/xfrm-stat.ts';
import { parseXfrmStates } from '../../src/parsers/xfrm-state.ts';

const fixtures = join(import.meta.dirname, '../fixtures');

/** Recordings that must give the same result, because they show the same thing in other forms. */
interface Case {
  readonly golden: string;
  readonly parse: (text: string) => object | undefined;
  readonly recordings: readonly string[];
}

const parseMonitor = (text: string): object =>
  text.split('\n').flatMap((line) => parseMonitorLine(line) ?? []);

const cases: readonly Case[] = [
  ...readdirSync(join(fixtures, 'statusall'))
    .filter((name) => name.endsWith('.txt'))
    .map((name) => ({
      golden: `statusall/${name.replace(/\.txt$/, '')}`,
      parse: parseStatusall,
      recordings: [`statusall/${name}`],
    })),
  {
    golden: 'xfrm/up-state-s',
    parse: parseXfrmStates,
    recordings: [
      'xfrm/up-state-s.txt',
      'xfrm/up-state-s-nokeys.txt',
      'xfrm/up-state-o-s-nokeys.txt',
    ],
  },
  {
    golden: 'xfrm/up-state',
    parse: parseXfrmStates,
    recordings: ['xfrm/up-state.txt', 'xfrm/up-state-nokeys.txt', 'xfrm/up-state-o.txt'],
  },
  {
    golden: 'xfrm/larval-state-s',
    parse: parseXfrmStates,
    recordings: ['xfrm/larval-state-s.txt'],
  },
  {
    golden: 'xfrm/route-based-state-s',
    parse: parseXfrmStates,
    recordings: ['xfrm/route-based-state-s-nokeys.txt'],
  },
  {
    golden: 'xfrm/up-policy',
    parse: parseXfrmPolicies,
    recordings: ['xfrm/up-policy.txt', 'xfrm/up-policy-s.txt', 'xfrm/up-policy-o.txt'],
  },
  {
    golden: 'xfrm/route-based-policy',
    parse: parseXfrmPolicies,
    recordings: ['xfrm/route-based-policy.txt'],
  },
  { golden: 'xfrm/stat', parse: parseXfrmStat, recordings: ['xfrm/stat.txt'] },
  {
    golden: 'ip/kinds-addr',
    parse: parseInterfaces,
    recordings: ['ip/kinds-addr.json', 'ip/kinds-addr-d.txt', 'ip/kinds-addr-s-d.txt'],
  },
  {
    golden: 'ip/kinds-addr-plain',
    parse: parseInterfaces,
    recordings: ['ip/kinds-addr.txt', 'ip/kinds-addr-busybox.txt'],
  },
  { golden: 'ip/after-addr', parse: parseInterfaces, recordings: ['ip/after-addr.json'] },
  {
    golden: 'ip/xfrm-addr',
    parse: parseInterfaces,
    recordings: ['ip/xfrm-addr.json', 'ip/xfrm-addr-d.txt'],
  },
  {
    golden: 'ip/xfrm-addr-plain',
    parse: parseInterfaces,
    recordings: ['ip/xfrm-addr-busybox.txt'],
  },
  {
    golden: 'ip/changes-monitor',
    parse: parseMonitor,
    recordings: ['', '-o', '-t', '-ts', '-o-ts', '-d', '-label', '-nsid', '-all', '-all-o-ts'].map(
      (options) => `ip/changes-monitor${options}.txt`,
    ),
  },
  {
    golden: 'ip/xfrm-monitor',
    parse: parseMonitor,
    recordings: ['ip/xfrm-monitor.txt', 'ip/xfrm-monitor-all-o-ts.txt'],
  },
];

/** One element of a list a line. */
function toGolden(result: object | undefined): string {
  assert.ok(result);
  const lines = Array.isArray(result)
    ? result.map((element) => JSON.stringify(element))
    : Object.entries(result).flatMap(([key, value]: [string, unknown]) =>
        [value].flat().map((element) => JSON.stringify({ [key]: element })),
      );
  return `${lines.join('\n')}\n`;
}

test('every recording is used', () => {
  const recorded = ['statusall', 'xfrm', 'ip'].flatMap((folder) =>
    readdirSync(join(fixtures, folder))
      .filter((name) => /\.(?:txt|json)$/.test(name))
      .map((name) => `${folder}/${name}`),
  );
  const used = cases.flatMap(({ recordings }) => recordings);
  assert.ok(recorded.length >= 45);
  assert.deepEqual(used.toSorted(), recorded.toSorted());
});

for (const { golden, parse, recordings } of cases) {
  const path = join(fixtures, `${golden}.golden.jsonl`);
  for (const recording of recordings) {
    test(`golden: ${recording}`, () => {
      const actual = toGolden(parse(readFileSync(join(fixtures, recording), 'utf8')));
      if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(path, actual);
      assert.deepEqual(actual.split('\n'), readFileSync(path, 'utf8').split('\n'));
    });
  }
}
