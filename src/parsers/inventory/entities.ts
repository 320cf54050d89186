import type {
  InventoryFile,
  InventoryGroup,
  InventoryTunnel,
  SelectorPair,
} from '../../events/inventory.ts';
import { entitiesSchema } from './entities-schema.ts';
import { hostNetworks, subnetsOf } from './entity-subnets.ts';
import type { HostObject } from './entity-subnets.ts';
import { createXmlReader } from './xml-records.ts';
import type { XmlRecord } from './xml-records.ts';

export interface EntitiesReader {
  /** Any piece of the text, in its order. */
  push(text: string): void;
  /**
   * Builds some hundred of the connections; what the export says once it has all of them, undefined
   * before. Nothing may be pushed after the first call.
   */
  step(): InventoryFile | undefined;
  /** All of the steps in one go. */
  end(): InventoryFile;
}

const mostUnused = 200;

/** Connections that are built between two turns of the event loop: some milliseconds. */
const connectionsAStep = 250;

/** What the records say, as they come. */
interface Build {
  readonly origin: string;
  readonly problems: string[];
  readonly groups: InventoryGroup[];
  readonly profiles: Map<string, XmlRecord>;
  readonly hosts: Map<string, HostObject>;
  readonly connections: (readonly [string, XmlRecord])[];
}

/**
 * Reads an SFOS export: `Entities.xml`, or what its API answers to Get. Secrets are never looked
 * at. What is wrong with one record is a problem of that record; all others are taken over.
 */
export function createEntitiesReader(origin: string): EntitiesReader {
  const unused: Record<string, number> = {};
  const build: Build = {
    origin,
    problems: [],
    groups: [],
    profiles: new Map(),
    hosts: new Map(),
    connections: [],
  };
  const { problems } = build;
  const reader = createXmlReader(entitiesSchema, {
    onRecord: (record) => take(record, build),
    onProblem: (message) => problems.push(message),
    onUnknown(path) {
      if (path in unused || Object.keys(unused).length < mostUnused)
        unused[path] = (unused[path] ?? 0) + 1;
    },
  });
  const tunnels: InventoryTunnel[] = [];
  let members: ReadonlySet<string> | undefined;
  const step = (): InventoryFile | undefined => {
    const { groups, connections } = build;
    if (members === undefined) reader.end();
    members ??= new Set(groups.flatMap((group) => group.members.map((one) => one.toLowerCase())));
    const next = connections.slice(tunnels.length, tunnels.length + connectionsAStep);
    for (const [name, record] of next)
      tunnels.push(tunnelOf(name, record, members.has(name.toLowerCase()), build));
    if (tunnels.length < connections.length) return undefined;
    return { tunnels, groups, problems, unused };
  };
  return {
    push: (more) => reader.push(more),
    step,
    end() {
      for (;;) {
        const file = step();
        if (file !== undefined) return file;
      }
    },
  };
}

function take(record: XmlRecord, { origin, problems, ...build }: Build): void {
  const { entity, line, texts } = record;
  const name = text(record, 'Name');
  if (name === undefined) {
    problems.push(`line ${line}: a ${entity} without a Name is left out`);
    return;
  }
  switch (entity) {
    case 'GroupDetail': {
      const failback = text(record, 'AutomaticFailback');
      build.groups.push({
        name,
        origin,
        members: texts.get('MemberConnections/Connection') ?? [],
        automaticFailback: failback === undefined ? undefined : failback === 'Enable',
      });
      return;
    }
    case 'VPNProfile':
      build.profiles.set(name, record);
      return;
    case 'IPHost':
      build.hosts.set(name.toLowerCase(), { kind: 'host', networks: hostNetworks(record) });
      return;
    case 'IPHostGroup':
      build.hosts.set(name.toLowerCase(), {
        kind: 'group',
        members: texts.get('HostList/Host') ?? [],
      });
      return;
    default:
      build.connections.push([name, record]);
  }
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
  { profiles, problems }: Build,
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
  { hosts, problems }: Build,
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

/** `isMember`: members of a group are switched off and on by the firewall: their status says nothing. */
function tunnelOf(
  name: string,
  record: XmlRecord,
  isMember: boolean,
  build: Build,
): InventoryTunnel {
  const { origin } = build;
  const profile = profileOf(name, text(record, 'Policy'), build);
  const selectors = selectorsOf(name, record, build);
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
