import assert from 'node:assert/strict';
import type { InventoryTunnel } from '../../src/events/inventory.ts';
import type { LoadedChild, LoadedConnection } from '../../src/events/security-associations.ts';
import { connectionFiles } from './files.ts';
import { probe } from './inventory.ts';
import type { Probed } from './inventory.ts';
import { scenario } from './scenario.ts';

/** What of a child and its connection both sides can tell. */
interface Told {
  readonly local: string | undefined;
  readonly remote: string | undefined;
  readonly localId: string | undefined;
  readonly remoteId: string | undefined;
  readonly version: number | undefined;
  readonly dpd: readonly (number | undefined)[];
  readonly ikeRenewal: number | undefined;
  readonly childRenewal: number | undefined;
  readonly selectors: readonly (readonly string[])[];
}

/** charon keeps policies that pass or drop in connections of their own. */
const isTunnel = ({ mode }: LoadedChild): boolean => !['PASS', 'DROP'].includes(mode);

const single = (hosts: readonly string[]): string | undefined =>
  hosts.length === 1 && !/[%/]/.test(hosts[0] ?? '') ? hosts[0] : undefined;

function byCharon(connection: LoadedConnection, child: LoadedChild): Told {
  const { version, dpdDelaySeconds, dpdTimeoutSeconds } = connection;
  return {
    local: single(connection.local),
    remote: single(connection.remote),
    localId: connection.localId,
    // swanctl hands it on as it stands there; starter does not.
    remoteId: connection.remoteId === '%any' ? undefined : connection.remoteId,
    version,
    dpd: [dpdDelaySeconds, version === 1 && dpdDelaySeconds ? dpdTimeoutSeconds : undefined],
    ikeRenewal: connection.reauthSeconds ?? connection.rekeySeconds,
    childRenewal: child.rekeySeconds,
    selectors: [child.localTs, child.remoteTs],
  };
}

interface Margins {
  readonly ike: (tunnel: InventoryTunnel) => number | undefined;
  readonly child: (tunnel: InventoryTunnel) => number | undefined;
}

function byUs(tunnel: InventoryTunnel, i: number, { ike, child }: Margins): Told {
  const selectors = tunnel.selectors[i];
  return {
    local: tunnel.local,
    remote: tunnel.remote,
    localId: tunnel.localId,
    remoteId: tunnel.remoteId,
    version: tunnel.version,
    dpd: [tunnel.dpdDelaySeconds, tunnel.dpdTimeoutSeconds],
    ikeRenewal: ike(tunnel),
    childRenewal: child(tunnel),
    selectors: [selectors?.local ?? [], selectors?.remote ?? []],
  };
}

/** All children by name, as JSON has them: without what is undefined. */
function table(rows: Iterable<readonly [string, Told]>): unknown {
  const sorted = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.parse(JSON.stringify(Object.fromEntries(sorted)));
}

function compare({ file, loaded }: Probed, margins: Margins): number {
  assert.deepEqual(file.problems, []);
  const charon = loaded.flatMap((connection) =>
    connection.children
      .filter(isTunnel)
      .map((child) => [child.name, byCharon(connection, child)] as const),
  );
  const ours = file.tunnels
    .filter(({ enabled }) => enabled)
    .flatMap((tunnel) =>
      tunnel.children.map((child, i) => [child, byUs(tunnel, i, margins)] as const),
    );
  assert.deepEqual(table(ours), table(charon));
  return ours.length;
}

const before = (life: number | undefined, margin: number | undefined): number | undefined =>
  life === undefined || margin === undefined ? undefined : life - margin;

scenario('connection files: what we read is what charon loads', async (lab, t) => {
  const fw = await lab.host('fw');
  await fw.write(connectionFiles('ipsec', '/etc'));
  await fw.startCharon();
  await fw.waitForLog(/added (?:configuration|child).*'blanks'/);
  const stroke = await probe(fw, { kind: 'ipsec-conf', path: '/etc/ipsec.conf' });
  const strokes = compare(stroke, {
    ike: ({ ikeLifeSeconds, marginSeconds }) => before(ikeLifeSeconds, marginSeconds),
    child: ({ childLifeSeconds, marginSeconds }) => before(childLifeSeconds, marginSeconds),
  });

  await fw.write({
    '/etc/ipsec.conf': 'config setup\n',
    ...connectionFiles('swanctl', '/etc/swanctl'),
  });
  await fw.ipsec('reload');
  await fw.run(['swanctl', '--load-all', '--file', '/etc/swanctl/swanctl.conf']);
  const vici = await probe(fw, { kind: 'swanctl-conf', path: '/etc/swanctl/swanctl.conf' });
  const vicis = compare(vici, {
    // All of them leave it at a tenth more than the time of rekeying.
    ike: ({ ikeLifeSeconds = 0 }) => Math.round(ikeLifeSeconds / 1.1),
    child: ({ childLifeSeconds = 0 }) => Math.round(childLifeSeconds / 1.1),
  });
  t.diagnostic(`${strokes} children of ipsec.conf, ${vicis} of swanctl.conf`);
});
