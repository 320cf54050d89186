import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { parseInterfaces } from '../../../src/parsers/ip-addr.ts';
import { parseStatusall } from '../../../src/parsers/statusall.ts';
import { casesOf } from '../../lab/faults/fault.ts';
import type { Step } from '../../lab/faults/fault.ts';
import { present, problemOf, proofOf, proofRow } from '../../lab/faults/proof.ts';
import { recordedPeers } from '../../lab/faults/recorded.ts';
import { faults } from '../../lab/faults/table.ts';
import { diagnosed, logsOnly, parseLog } from '../../helpers/diagnosed.ts';
import { readDoc } from '../../helpers/doc-table.ts';
import { listing } from '../../helpers/engine.ts';
import { holds } from '../../helpers/events.ts';

const folder = join(import.meta.dirname, '../../fixtures/faults');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

const cases = casesOf(faults);
const log = read('charon.log');
const events = parseLog(log);

/** Every tunnel of the lab at the end of the recording: all interfaces were up when it began. */
function replay() {
  const tunnels = cases.map(({ name, role, fw }) => {
    const children = fw.subnets.map((_, pair) => `${name}-${pair + 1}`);
    return [name, { role, children }] as const;
  });
  const run = diagnosed({ ...logsOnly(...tunnels), holds: { ...holds, flapCount: 5 } });
  const at = (events[0]?.at ?? 0) - 1;
  const statusall = parseStatusall(read('statusall.txt'));
  assert.ok(statusall.ok);
  const interfaces = parseInterfaces(read('addr.json'));
  assert.ok(interfaces !== undefined);
  const { evidence } = listing(at);
  run.feed(
    listing(at, { connections: statusall.connections }),
    {
      kind: 'interface-list',
      at,
      interfaces: interfaces.map((one) => ({ ...one, up: true })),
      evidence,
    },
    ...events,
    { kind: 'interface-list', at: events.at(-1)?.at ?? at, interfaces, evidence },
  );
  return run;
}

/** Traffic stops: its counters come from polls, of which there is no recording. */
const counted: ReadonlySet<Step> = new Set(['esp-is-lost', 'goes-the-wrong-way']);

suite('faults as the lab recorded them, from the log alone', () => {
  const run = replay();
  const peers = recordedPeers(log, cases);
  const rows = proofOf(readDoc('diagnosis.md'));

  test('every one of them has a row in the documentation', () => {
    assert.equal(rows.length, cases.length);
  });

  for (const [index, one] of cases.entries()) {
    if (one.fault.step !== undefined && counted.has(one.fault.step)) continue;
    test(`${one.fault.what}: IKEv${one.version}, ${one.role}`, () => {
      const isUnnamed = one.fault.unnamed?.includes(one.role) === true;
      const seen = isUnnamed ? peers.get(one.gateway) : present(run.of(one.name));
      assert.equal(problemOf(one, seen ?? []), undefined);
      assert.equal(proofRow(one, seen ?? []), rows[index]);
    });
  }
});
