import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { docTables } from '../helpers/doc-table.ts';
import { connectionFiles } from './files.ts';
import type { Host } from './host.ts';
import { probe } from './inventory.ts';
import { scenario } from './scenario.ts';
import { until } from './until.ts';
import { Warden, labSources } from './warden.ts';

const page = join(import.meta.dirname, '../../docs/inventory.md');
const heading = '## Seen in the lab\n';

interface Facts {
  readonly group: string | null;
  readonly role: string | null;
  readonly interface: string | null;
  readonly local: string | null;
  readonly remote: string | null;
  readonly localId: string | null;
  readonly remoteId: string | null;
  readonly ikeVersion: number | null;
  readonly profile: string | null;
  readonly children: readonly string[];
  readonly subnets: readonly string[];
}

/** The one inventory that every source describes in its own way. */
const osaka: Facts = {
  group: 'Osaka_Group',
  role: 'initiator',
  interface: 'Port2',
  local: '10.0.1.2',
  remote: '10.0.1.1',
  localId: 'fw.example',
  remoteId: 'osaka.example',
  ikeVersion: 2,
  profile: 'Branches',
  children: ['Osaka-1', 'Osaka-2'],
  subnets: ['192.168.10.0/24 === 192.168.20.0/24', '192.168.11.0/24 === 192.168.20.0/24'],
};
const tunnels: Readonly<Record<string, Facts>> = {
  Kyoto: {
    ...osaka,
    group: null,
    role: 'responder',
    remote: '10.0.1.101',
    remoteId: 'kyoto.example',
    children: ['Kyoto-1'],
    subnets: ['192.168.12.0/24 === 192.168.21.0/24'],
  },
  Osaka: osaka,
  Osaka_LTE: {
    ...osaka,
    interface: 'Port3',
    local: '10.0.2.2',
    remote: '10.0.2.1',
    children: ['Osaka_LTE-1'],
    subnets: ['192.168.10.0/24 === 192.168.20.0/24'],
  },
};

/** No source but the file: nobody else tells of a tunnel, or of the interface that has its address. */
const alone = {
  vici: { enabled: false },
  statusall: { enabled: false },
  xfrm_state: { enabled: false },
  xfrm_policy: { enabled: false },
  interfaces: { enabled: false },
  interface_monitor: { enabled: false },
};
const configuration = {
  sources: alone,
  tunnels: Object.entries(tunnels).map(([name, facts]) => ({
    name,
    role: facts.role,
    interface: facts.interface,
    local: facts.local,
    remote: facts.remote,
    profile: facts.profile,
    children: facts.children,
  })),
  groups: [{ name: 'Osaka_Group', members: ['Osaka', 'Osaka_LTE'] }],
};

/** What is served, one daemon a source; subnets are not served. */
async function served(fw: Host, config: object, count: number): Promise<Record<string, Facts>> {
  const warden = await Warden.start(fw, { logs: { files: [] }, ...config });
  const rows = async () => {
    const { items } = await warden.json<{ items: (Facts & Named)[] }>('/api/v1/tunnels');
    return items.length >= count && items;
  };
  const items = await until(rows, { within: 20_000, detail: () => warden.log });
  assert.equal(await warden.kill('SIGTERM'), 0);
  await fw.run('rm -rf /var/lib/tunnelwarden');
  return Object.fromEntries(
    items
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, ...all }) => [
        name,
        {
          group: all.group,
          role: all.role,
          interface: all.interface,
          local: all.local,
          remote: all.remote,
          localId: all.localId,
          remoteId: all.remoteId,
          ikeVersion: all.ikeVersion,
          profile: all.profile,
          children: all.children.names,
          subnets: [],
        },
      ]),
  );
}

interface Named {
  readonly name: string;
  readonly state: string;
  readonly children: readonly string[] & { readonly names: readonly string[] };
}

type Selectors = readonly {
  readonly local: readonly string[];
  readonly remote: readonly string[];
}[];

const pairsOf = (selectors: Selectors): readonly string[] =>
  selectors
    .flatMap(({ local, remote }) =>
      local.flatMap((mine) => remote.map((theirs) => `${mine} === ${theirs}`)),
    )
    .toSorted();

/** yes: told of every tunnel, and right; no: of none. */
function tells(seen: Readonly<Record<string, Facts>>, fact: keyof Facts, source: string): string {
  const wanted = Object.entries(tunnels).filter(([, facts]) => facts[fact] !== null);
  const told = wanted.filter(([name]) => {
    const value = seen[name]?.[fact];
    return value !== null && String(value) !== '';
  });
  for (const [name, facts] of told)
    assert.deepEqual(seen[name]?.[fact], facts[fact], `${source}: ${fact} of ${name}`);
  assert.ok(told.length === 0 || told.length === wanted.length, `${source}: ${fact}`);
  return told.length === 0 ? 'no' : 'yes';
}

scenario('the same inventory from each source in turn', async (lab, t) => {
  const fw = await lab.host('fw');
  await fw.write(connectionFiles('same', '/inventory'));
  await fw.startCharon();
  await fw.run(['swanctl', '--load-conns', '--file', '/inventory/swanctl.conf']);
  const file = (key: string, path: string) => ({ sources: alone, inventory: { [key]: [path] } });
  const vici = { schedule: '*/2 * * * * *', timeout: '3s' };
  const sources = {
    configuration: [configuration, undefined],
    'SFOS export': [
      file('entities', '/inventory/Entities.xml'),
      { kind: 'entities', path: '/inventory/Entities.xml' },
    ],
    '`ipsec.conf`': [
      file('ipsec_conf', '/inventory/ipsec.conf'),
      { kind: 'ipsec-conf', path: '/inventory/ipsec.conf' },
    ],
    '`swanctl.conf`': [
      file('swanctl_conf', '/inventory/swanctl.conf'),
      { kind: 'swanctl-conf', path: '/inventory/swanctl.conf' },
    ],
    VICI: [{ sources: { ...labSources, ...alone, vici } }, 'loaded'],
  } as const;
  const columns = new Map<string, readonly string[]>();
  const facts = Object.keys(osaka).filter((fact): fact is keyof Facts => fact in osaka);
  for (const [name, [config, origin]] of Object.entries(sources)) {
    const startedAt = performance.now();
    const seen = await served(fw, config, Object.keys(tunnels).length);
    assert.deepEqual(Object.keys(seen), Object.keys(tunnels), name);
    const selectors = await selectorsOf(fw, origin);
    const whole = Object.fromEntries(
      Object.entries(seen).map(([tunnel, one]) => [
        tunnel,
        { ...one, subnets: pairsOf(selectors.get(tunnel) ?? []) },
      ]),
    );
    columns.set(name, ['yes', ...facts.map((fact) => tells(whole, fact, name))]);
    t.diagnostic(`${name}: ${Math.round(performance.now() - startedAt)} ms`);
  }
  const rows = ['tunnels', ...facts].map((fact, i) => [
    fact,
    ...[...columns.values()].map((column) => column[i] ?? ''),
  ]);
  if (process.env['UPDATE_DOCS'] === '1') updateTable(['What', ...columns.keys()], rows);
  const table = docTables('inventory.md').at(-1);
  assert.deepEqual(table?.head, ['What', ...columns.keys()]);
  assert.deepEqual(
    [...table.rows].map(([first, cells]) => [first, ...cells]),
    rows,
  );
});

async function selectorsOf(
  fw: Host,
  origin: Parameters<typeof probe>[1] | 'loaded' | undefined,
): Promise<ReadonlyMap<string, Selectors>> {
  if (origin === undefined) return new Map();
  if (origin !== 'loaded') {
    const { file } = await probe(fw, origin);
    assert.deepEqual(file.problems, []);
    return new Map(file.tunnels.map(({ name, selectors }) => [name, selectors]));
  }
  const { loaded } = await probe(fw, { kind: 'entities', path: '/inventory/Entities.xml' });
  return new Map(
    loaded.map(({ name, children }) => [
      name,
      children.map(({ localTs, remoteTs }) => ({ local: localTs, remote: remoteTs })),
    ]),
  );
}

function updateTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const text = readFileSync(page, 'utf8');
  const at = text.indexOf(heading) + heading.length;
  const table = text.slice(at).search(/^\|/m);
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`);
  writeFileSync(page, text.slice(0, at + table) + lines.join(''));
}

scenario('a connection file that appears becomes a tunnel, without a restart', async (lab) => {
  const fw = await lab.host('fw');
  await fw.write(connectionFiles('same', '/inventory'));
  const inventory = { ipsec_conf: ['/inventory/ipsec.conf'] };
  const warden = await Warden.start(fw, { logs: { files: [] }, sources: alone, inventory });
  const names = async (): Promise<string> => {
    const { items } = await warden.json<{ items: Named[] }>('/api/v1/tunnels');
    return items
      .filter(({ state }) => state !== 'disabled')
      .map(({ name }) => name)
      .toSorted()
      .join(' ');
  };
  assert.equal(await names(), 'Kyoto Osaka Osaka_LTE');
  await fw.write({
    '/inventory/connections/Kobe.conf': 'conn Kobe-1\n  right=10.0.1.9\n  auto=add\n',
  });
  await until(async () => (await names()) === 'Kobe Kyoto Osaka Osaka_LTE', { within: 15_000 });
  await fw.run('rm /inventory/connections/Kyoto.conf');
  await until(async () => (await names()) === 'Kobe Osaka Osaka_LTE', { within: 15_000 });
});
