import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { namesOf } from './connections.ts';
import { casesOf, connectionsOf } from './faults/fault.ts';
import type { FaultCase } from './faults/fault.ts';
import { present, problemOf, proofOf, proofRow, withProof } from './faults/proof.ts';
import type { Candidate } from './faults/proof.ts';
import { begin, startHosts, take } from './faults/provoke.ts';
import type { Hosts } from './faults/provoke.ts';
import { recordedPeers } from './faults/recorded.ts';
import { faults } from './faults/table.ts';
import { scenario } from './scenario.ts';
import { until } from './until.ts';
import { Warden, labSources } from './warden.ts';

const cases = casesOf(faults);
const page = join(import.meta.dirname, '../../docs/diagnosis.md');
const fixtures = join(import.meta.dirname, '../fixtures/faults');

const config = {
  // A busy machine answers late; a source that is lost makes tunnels unknown.
  sources: { ...labSources, lost_after: '2m' },
  holds: { stall: '6s', flap_count: 5 },
  tunnels: cases.flatMap((one) =>
    connectionsOf(one, 'fw').map((connection) => ({
      name: connection.name,
      role: one.role,
      children: namesOf(connection),
    })),
  ),
};

/** So many negotiations at once: with more of them packets come too late, which is a fault of its own. */
const most = 6;

/** Provokes every fault; those that go on after the negotiation begin, what takes an interface of all comes last. */
async function provoke(hosts: Hosts): Promise<void> {
  const waiting = cases.toSorted(
    (a, b) => Number(b.fault.step !== undefined) - Number(a.fault.step !== undefined),
  );
  const going: Promise<void>[] = [];
  const work = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      await begin(hosts, one);
      const { step } = one.fault;
      if (step === undefined || step === 'interface-goes-down') continue;
      const taken = take(step, hosts, one);
      taken.catch(() => {}); // it is awaited below
      going.push(taken);
    }
  };
  await Promise.all(Array.from({ length: most }, work));
  await Promise.all(going);
  const last = cases.find(({ fault }) => fault.step === 'interface-goes-down');
  if (last !== undefined) await take('interface-goes-down', hosts, last);
}

/** The candidates for a case: of its tunnel, or of the peer's address where nothing names a tunnel. */
async function candidatesOf(
  one: FaultCase,
  { fw }: Hosts,
  warden: Warden,
): Promise<readonly Candidate[]> {
  if (one.fault.unnamed?.includes(one.role) === true) {
    return recordedPeers(await fw.readLog(), cases).get(one.gateway) ?? [];
  }
  return present(await warden.diagnoses(one.name));
}

async function record({ fw }: Hosts): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lab-faults-'));
  await fw.collect(folder);
  for (const name of ['statusall.txt', 'addr.json']) {
    cpSync(join(folder, name), join(fixtures, name));
  }
  cpSync(join(folder, 'log/charon.log'), join(fixtures, 'charon.log'));
  const debug = readFileSync(join(folder, 'log/debug.log'));
  writeFileSync(join(fixtures, 'debug.log.gz'), gzipSync(debug, { level: 9 }));
  rmSync(folder, { recursive: true });
}

scenario(
  'every fault, in both versions of IKE and both roles',
  async (lab, t) => {
    const hosts = await startHosts(lab, cases);
    const warden = await Warden.start(hosts.fw, config);
    const startedAt = performance.now();
    await provoke(hosts);
    t.diagnostic(
      `${cases.length} cases in ${Math.round((performance.now() - startedAt) / 1000)} s`,
    );
    const { all: lines, unknown } = await warden.lines();
    t.diagnostic(`${lines} lines, ${unknown} of them unknown`);
    assert.ok(unknown <= lines / 1000);
    const isUpdate = process.env['UPDATE_DOCS'] === '1';
    const expected = proofOf(readFileSync(page, 'utf8'));
    const rows: string[] = [];
    const problems: string[] = [];
    for (const [index, one] of cases.entries()) {
      let seen: readonly Candidate[] = [];
      const isRight = async (): Promise<boolean> => {
        seen = await candidatesOf(one, hosts, warden);
        if (problemOf(one, seen) !== undefined) return false;
        return isUpdate || proofRow(one, seen) === expected[index];
      };
      try {
        await until(isRight, { within: problems.length === 0 ? 60_000 : 5000 });
      } catch {
        const problem =
          problemOf(one, seen) ?? `${proofRow(one, seen)} is not in docs/diagnosis.md`;
        const { state, cause } = await warden.tunnel(one.name);
        problems.push(`${one.name} (${state}, ${cause}): ${problem}`);
      }
      rows.push(proofRow(one, seen));
    }
    if (process.env['UPDATE_GOLDEN'] === '1') await record(hosts);
    assert.deepEqual(problems, []);
    if (isUpdate) writeFileSync(page, withProof(readFileSync(page, 'utf8'), rows));

    await hosts.fw.stopCharon();
    const { name } = cases[0]!;
    await until(async () => (await warden.diagnoses(name))[0]?.code === 'daemon-down', {
      within: 30_000,
      detail: async () => JSON.stringify(await warden.diagnoses(name)),
    });
    assert.equal(await warden.kill('SIGTERM'), 0);
  },
  { timeoutMs: 480_000, wans: 3, gateways: cases.length, lans: 4 },
);
