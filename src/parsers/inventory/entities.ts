import type {
  InventoryFile,
  InventoryGroup,
  InventoryTunnel,
  SelectorPair,
} from '../../events/inventory.ts';
import { entitiesSchema } from './entities-schema.ts';
import { hostNetworks, subnetsOf } from './entity-subnets.ts';
import type { HostObject, HostObjects } from './entity-subnets.ts';
import { createXmlReader } from './xml-records.ts';
import type { XmlRecord } from './xml-records.ts';

export interface EntitiesReader {
  /** Any piece of the text, in its order. */
  push(text: string): void;
  /** What the export says; nothing may be pushed after. */
  end(): InventoryFile;
}

const mostUnused = 200;

/**
 * Reads an SFOS export: `Entities.xml`, or what its API answers to Get. Secrets are never looked
 * at. What is wrong with one record is a problem of that record; all others are taken over.
 */
export function createEntitiesReader(origin: string): EntitiesReader {
  const records: XmlRecord[] = [];
  const problems: string[] = [];
  const unused: Record<string, number> = {};
  const reader = createXmlReader(entitiesSchema, {
    onRecord: (record) => records.push(record),
    onProblem: (message) => problems.push(message),
    onUnknown(path) {
      if (path in unused || Object.keys(unused).length < mostUnused)
        unused[path] = (unused[path] ?? 0) + 1;
    },
  });
  return {
    push: (text) => reader.push(text),
    end() {
      reader.end();
      const build = { origin, problems };
      return { ...inventoryOf(records, build), problems, unused };
    },
  };
}

interface Build {
  readonly origin: string;
  readonly problems: string[];
}

function inventoryOf(
  records: readonly XmlRecord[],
  build: Build,
): Pick<InventoryFile, 'tunnels' | 'groups'> {
  const named = (entity: string): readonly (readonly [string, XmlRecord])[] =>
    records
      .filter((record) => record.entity === entity)
      .flatMap((record) => {
        const name = text(record, 'Name');
        if (name !== undefined) return [[name, record] as const];
        build.problems.push(`line ${record.line}: a ${entity} without a Name is left out`);
        return [];
      });
  const groups = named('GroupDetail').map(([name, record]): InventoryGroup => {
    const failback = text(record, 'AutomaticFailback');
    return {
      name,
      origin: build.origin,
      members: record.texts.get('MemberConnections/Connection') ?? [],
      automaticFailback: failback === undefined ? undefined : failback === 'Enable',
    };
  });
  const members = new Set(groups.flatMap((group) => group.members.map((one) => one.toLowerCase())));
  const profiles = new Map(named('VPNProfile'));
  const hosts: HostObjects = new Map<string, HostObject>([
    ...named('IPHost').map(([name, record]): [string, HostObject] => [
      name.toLowerCase(),
      { kind: 'host', networks: hostNetworks(record) },
    ]),
    ...named('IPHostGroup').map(([name, record]): [string, HostObject] => [
      name.toLowerCase(),
      { kind: 'group', members: record.texts.get('HostList/Host') ?? [] },
    ]),
  ]);
  const tunnels = named('Configuration').map(([name, record]) => {
    const isMember = members.has(name.toLowerCase());
    const profile = profileOf(name, text(record, 'Policy'), profiles, build);
    const selectors = selectorsOf(name, record, hosts, build);
    return tunnelOf({ name, record, isMember, profile, selectors }, build);
  });
  return { tunnels, groups };
}

const text = ({ texts }: XmlRecord, path: string): string | undefined => texts.get(path)?.[0];

/** `3600` and `3600 seconds`. */
function seconds(record: XmlRecord, path: string): number | undefined {
  const digits = /^\d{1,9}/.exec(text(record, path) ?? '')?.[0];
  return digits === undefined ? undefined : Number(digits);
}

function profileOf(
  tunnel: string,
  policy: string | undefined,
  profiles: ReadonlyMap<string, XmlRecord>,
  { problems }: Build,
): XmlRecord | undefined {
  const profile = policy === undefined ? undefined : profiles.get(policy);
  if (policy !== undefined && profile === undefined) {
    problems.push(`connection ${tunnel}: its profile ${policy} is not in the export`);
  }
  return profile;
}

/** One pair, or none where a subnet is not known: half of them would be misleading. */
function selectorsOf(
  tunnel: string,
  record: XmlRecord,
  hosts: HostObjects,
  { problems }: Build,
): readonly SelectorPair[] {
  const family = text(record, 'IPFamily');
  const side = (path: string): readonly string[] | undefined => {
    const networks = (record.texts.get(path) ?? []).map((name) => {
      const found = subnetsOf(name, hosts, family);
      if (found === undefined)
        problems.push(`connection ${tunnel}: the export does not tell the addresses of ${name}`);
      return found;
    });
    return networks.every((one) => one !== undefined) ? networks.flat() : undefined;
  };
  const [local, remote] = [side('LocalSubnet'), side('RemoteNetwork/Network')];
  if (local === undefined || remote === undefined) return [];
  return local.length === 0 || remote.length === 0 ? [] : [{ local, remote }];
}

interface Connection {
  readonly name: string;
  readonly record: XmlRecord;
  /** Members are switched off and on by the firewall: their status says nothing. */
  readonly isMember: boolean;
  readonly profile: XmlRecord | undefined;
  readonly selectors: readonly SelectorPair[];
}

function tunnelOf(
  { name, record, isMember, profile, selectors }: Connection,
  { origin }: Build,
): InventoryTunnel {
  const pairs = selectors.reduce((sum, { local, remote }) => sum + local.length * remote.length, 0);
  const port = text(record, 'AliasLocalWANPort') ?? text(record, 'LocalWANPort');
  const remote = text(record, 'RemoteHost');
  const idles = text(record, 'DisconnectWhenTunnelIdle') !== 'Disable';
  return {
    name,
    origin,
    enabled: isMember || text(record, 'Status') !== 'Deactive',
    role: roleOf(record),
    // The alias of an interface is one of its addresses.
    interface: port?.replace(/:\d+$/, ''),
    local: undefined,
    remote: remote === '*' ? undefined : remote,
    localId: text(record, 'LocalID'),
    remoteId: text(record, 'RemoteID'),
    profile: text(record, 'Policy'),
    connections: [],
    children: Array.from({ length: pairs }, (_, i) => `${name}-${i + 1}`),
    selectors,
    idleSeconds: idles ? seconds(record, 'DisconnectOnIdleInterval') : undefined,
    ...profileFacts(profile, isMember),
  };
}

function roleOf(record: XmlRecord): InventoryTunnel['role'] {
  if (text(record, 'ConnectionType') === 'RemoteAccess') return 'remote-access';
  switch (text(record, 'ActionOnVPNRestart')) {
    case 'Initiate':
      return 'initiator';
    case 'RespondOnly':
      return 'responder';
    default:
      return undefined;
  }
}

type ProfileFacts = Pick<
  InventoryTunnel,
  | 'version'
  | 'ikeLifeSeconds'
  | 'childLifeSeconds'
  | 'marginSeconds'
  | 'marginFuzzPercent'
  | 'dpdDelaySeconds'
  | 'dpdTimeoutSeconds'
  | 'algorithms'
>;

function profileFacts(profile: XmlRecord | undefined, isMember: boolean): ProfileFacts {
  const at = (path: string): number | undefined => profile && seconds(profile, path);
  // Dead peer detection is off for the members of a failover group.
  const detects =
    !isMember && profile !== undefined && text(profile, 'Phase1/DeadPeerDetection') === 'Enable';
  const exchange = profile && text(profile, 'keyexchange');
  return {
    version: exchange === undefined ? undefined : exchange === 'ikev1' ? 1 : 2,
    ikeLifeSeconds: at('Phase1/KeyLife'),
    childLifeSeconds: at('Phase2/KeyLife'),
    marginSeconds: at('Phase1/ReKeyMargin'),
    marginFuzzPercent: at('Phase1/RandomizeRe-KeyingMarginBy'),
    dpdDelaySeconds: detects ? at('Phase1/CheckPeerAfterEvery') : undefined,
    dpdTimeoutSeconds: detects ? at('Phase1/WaitForResponseUpto') : undefined,
    algorithms: algorithmsOf(profile),
  };
}

const algorithmPath = /(?:Encryption|Authentication)Algorithm\d$|DHGroup$|PFSGroup$/;

function algorithmsOf(profile: XmlRecord | undefined): readonly string[] {
  const found = [...(profile?.texts ?? [])]
    .filter(([path]) => algorithmPath.test(path))
    .flatMap(([, texts]) => texts)
    .filter((algorithm) => !/^(?:None|Same.*)$/i.test(algorithm));
  return [...new Set(found)];
}
