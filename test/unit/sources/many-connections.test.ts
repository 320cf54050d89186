import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { systemClock } from '../../../src/platform/clock.ts';
import { systemFiles } from '../../../src/platform/files.ts';
import { loadInventory } from '../../../src/sources/inventory-load.ts';
import type { InventorySource } from '../../../src/sources/inventory-load.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

const most = 10_000;
const numbers = Array.from({ length: most }, (_, i) => i);
const fault = 4711;

/** Texts of as many connections; number `fault` has a fault. */
const texts: Readonly<Record<Exclude<InventorySource['kind'], 'entities'>, (i: number) => string>> =
  {
    'ipsec-conf': (i) => `conn Site${i}-1
  also=base
  left=10.${i >> 8}.${i & 255}.1
  right=192.0.2.1
  leftsubnet=10.${i >> 8}.${i & 255}.0/24
  rightsubnet=10.9.0.0/16
  rightid="CN=site ${i}${i === fault ? '' : '"'}
  auto=start
`,
    'swanctl-conf': (i) => `  site${i} : base {
    local_addrs = 10.${i >> 8}.${i & 255}.1
    remote_addrs = 192.0.2.1
    remote {
      id = "CN=site ${i}${i === fault ? '' : '"'}
    }
    children {
      net {
        local_ts = 10.${i >> 8}.${i & 255}.0/24
        remote_ts = 10.9.0.0/16
        start_action = start
      }
    }
  }
`,
  };
const heads = {
  'ipsec-conf': 'conn %default\n  keyexchange=ikev2\nconn base\n  dpdaction=restart\n',
  'swanctl-conf': 'base {\n  version = 2\n}\nconnections {\n',
} as const;
const ends = { 'ipsec-conf': '', 'swanctl-conf': '}\n' } as const;
const faults = {
  'ipsec-conf': /:\d+: rightid: a quote is opened and not closed$/,
  'swanctl-conf': /:\d+: a quote is opened and not closed$/,
} as const;

async function read(t: TestContext, kind: keyof typeof texts, many: number) {
  const path = join(tempDirectory(t), 'many.conf');
  const text = numbers.slice(0, many).map(texts[kind]).join('');
  writeFileSync(path, heads[kind] + text + ends[kind]);
  let longestMs = 0;
  let turns = 0;
  let turnAt = performance.now();
  const endTurn = (): void => {
    longestMs = Math.max(longestMs, performance.now() - turnAt);
    turns += 1;
  };
  const clock = {
    ...systemClock,
    async breathe() {
      endTurn();
      await systemClock.breathe();
      turnAt = performance.now();
    },
  };
  const startedAt = performance.now();
  const { file } = await loadInventory(
    { kind, path },
    { clock, files: systemFiles, ownAddresses: () => new Set<string>() },
  );
  endTurn();
  const ms = performance.now() - startedAt;
  t.diagnostic(`${kind}, ${many}: ${ms.toFixed(0)} ms, longest turn ${longestMs.toFixed(1)} ms`);
  return { file, ms, turns };
}

for (const kind of ['ipsec-conf', 'swanctl-conf'] as const) {
  test(`10,000 connections of ${kind}, one with a fault`, async (t) => {
    await read(t, kind, most / 4);
    const quarter = await read(t, kind, most / 4);
    const { file, ms, turns } = await read(t, kind, most);
    assert.equal(file?.tunnels.length, most);
    assert.equal(file.problems.length, 1);
    assert.match(file.problems[0] ?? '', faults[kind]);
    // Machines differ; four times the connections take some four times as long, in many turns.
    assert.ok(ms < 16 * quarter.ms, `${ms} ms, ${quarter.ms} ms for a quarter`);
    assert.ok(turns > 200, `${turns} turns`);
  });
}
