import type { InventoryGroup, InventoryTunnel } from '../events/inventory.ts';
import type { Finding, FindingCode } from './finding.ts';
import { overlaps, parseNetwork } from './network.ts';

/** An interface and its addresses with prefix lengths. */
interface AuditedInterface {
  readonly name: string;
  readonly networks: readonly string[];
  readonly linkKind: string | undefined;
}

/** All that the audit looks at. */
export interface Audited {
  readonly tunnels: readonly InventoryTunnel[];
  readonly groups: readonly Pick<InventoryGroup, 'name' | 'members'>[];
  readonly interfaces: readonly AuditedInterface[];
}

/** Everything that is wrong with an inventory, whatever the tunnels do at the moment. */
export function audit(audited: Audited): readonly Finding[] {
  const { tunnels, groups } = audited;
  return [
    ...duplicateSubnets(tunnels, groups),
    ...overlappingInterfaces(audited.interfaces),
    ...tunnels.flatMap((tunnel) => ownFindings(tunnel)),
    ...initiatorLives(tunnels),
    ...groupFindings(tunnels, groups),
  ];
}

const folded = (name: string): string => name.toLowerCase();

const membersOf = ({ members }: Audited['groups'][number]): readonly string[] =>
  members.map(folded);

interface Pair {
  /** Equal for equal pairs. */
  readonly key: string;
  /** As it is written. */
  readonly text: string;
}

/** Each pair of subnets of a tunnel, but for those with no subnet: `dynamic` is the own address. */
function pairsOf({ selectors }: InventoryTunnel): readonly Pair[] {
  return selectors.flatMap(({ local, remote }) =>
    local.flatMap((mine) =>
      remote.flatMap((theirs) => {
        const [here, there] = [canonical(mine), canonical(theirs)];
        if (here === undefined || there === undefined) return [];
        return [{ key: `${here} === ${there}`, text: `${mine} === ${theirs}` }];
      }),
    ),
  );
}

function canonical(subnet: string): string | undefined {
  const network = parseNetwork(subnet);
  if (network === undefined) return undefined;
  // 0.0.0.0/0 and ::/0 are both "Any", which SFOS has one word for.
  const { version, first, last } = network;
  const isAny = first === 0n && last === (1n << (version === 4 ? 32n : 128n)) - 1n;
  return isAny ? 'Any' : `${version}:${first}-${last}`;
}

/** The guide's 6b: only the members of one failover group may have the same subnets. */
function duplicateSubnets(
  tunnels: readonly InventoryTunnel[],
  groups: Audited['groups'],
): readonly Finding[] {
  const groupOf = new Map(
    groups.flatMap((group) => membersOf(group).map((member) => [member, group.name])),
  );
  // Of the members of a group one stands for all.
  const holders = new Map<string, { text: string; sharing: Map<string, string> }>();
  for (const tunnel of tunnels.filter(({ enabled }) => enabled)) {
    const group = groupOf.get(folded(tunnel.name));
    const holder = group === undefined ? `tunnel ${tunnel.name}` : `group ${group}`;
    for (const { key, text } of pairsOf(tunnel)) {
      const { sharing } = getOrSet(holders, key, { text, sharing: new Map<string, string>() });
      getOrSet(sharing, holder, tunnel.name);
    }
  }
  const seen = new Set<string>();
  return [...holders.values()].flatMap(({ text, sharing }): readonly Finding[] => {
    const subjects = [...sharing.values()];
    const all = subjects.join('\n');
    if (subjects.length < 2 || seen.has(all)) return [];
    seen.add(all);
    return [finding('duplicate-subnets', 'error', subjects, text)];
  });
}

function getOrSet<K, V>(map: Map<K, V>, key: K, initial: V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  map.set(key, initial);
  return initial;
}

/** The guide's 6c: each XFRM interface needs a network of its own. */
function overlappingInterfaces(interfaces: readonly AuditedInterface[]): readonly Finding[] {
  const addressed = interfaces
    .filter(({ linkKind, name }) => linkKind === 'xfrm' || /^xfrm\d+$/.test(name))
    .flatMap(({ name, networks }) =>
      networks.flatMap((text) => {
        const network = parseNetwork(text);
        return network === undefined || isLinkLocal(text) ? [] : [{ name, text, network }];
      }),
    );
  return addressed.flatMap((one, i) =>
    addressed
      .slice(i + 1)
      .filter((other) => other.name !== one.name && overlaps(one.network, other.network))
      .map((other) =>
        finding('xfrm-overlap', 'error', [one.name, other.name], `${one.text}, ${other.text}`),
      ),
  );
}

/** Every interface has one of these. */
const isLinkLocal = (network: string): boolean => /^fe80:/i.test(network);

/** DES, 3DES, MD5 and the DH groups 1, 2 and 5, as SFOS and strongSwan write them. */
const weak =
  /(?:^|[^a-z0-9])(?:3?des|md5|null)(?![a-z0-9])|^[125]\(|modp(?:768|1024|1536)(?![s0-9])/i;

/** What a tunnel's own settings show. */
function ownFindings(tunnel: InventoryTunnel): readonly Finding[] {
  const { name, ikeLifeSeconds: ike, childLifeSeconds: child } = tunnel;
  const found: Finding[] = [];
  const add = (code: FindingCode, severity: Finding['severity'], detail: string): void => {
    found.push(finding(code, severity, [name], detail));
  };
  if (ike !== undefined && child !== undefined && child >= ike)
    add('key-life-order', 'warning', `phase 2: ${child} s, phase 1: ${ike} s`);
  const { marginSeconds: margin, marginFuzzPercent: fuzz = 0 } = tunnel;
  const shortest = Math.min(ike ?? Infinity, child ?? Infinity);
  if (margin !== undefined && margin * (1 + fuzz / 100) >= shortest)
    add(
      'rekey-margin',
      'error',
      `margin: ${margin} s + ${fuzz} %, shortest key life: ${shortest} s`,
    );
  const { dpdDelaySeconds: delay, dpdTimeoutSeconds: timeout } = tunnel;
  // charon heeds the time-out in IKEv1 only; IKEv2 retransmits (strongSwan ipsec.conf(5)).
  if (delay !== undefined && timeout !== undefined && timeout <= delay)
    add('dpd-timeout', 'warning', `time-out: ${timeout} s, interval: ${delay} s`);
  if (tunnel.idleSeconds !== undefined)
    add('idle-timeout', 'warning', `idle time-out: ${tunnel.idleSeconds} s`);
  const weakOnes = tunnel.algorithms.filter((algorithm) => weak.test(algorithm));
  if (weakOnes.length > 0) add('weak-algorithm', 'warning', weakOnes.join(', '));
  return found;
}

/** The guide's 6e, where the inventories of both firewalls are known. */
function initiatorLives(tunnels: readonly InventoryTunnel[]): readonly Finding[] {
  const initiators = tunnels.filter(({ role }) => role === 'initiator');
  const responders = tunnels.filter(({ role }) => role === 'responder');
  return initiators.flatMap((one) =>
    responders
      .filter((other) => areEnds(one, other))
      .flatMap((other): readonly Finding[] => {
        const lives = (
          [
            ['phase 1', one.ikeLifeSeconds, other.ikeLifeSeconds],
            ['phase 2', one.childLifeSeconds, other.childLifeSeconds],
          ] as const
        ).flatMap(([phase, mine, theirs]) =>
          mine !== undefined && theirs !== undefined && mine >= theirs
            ? [`${phase}: initiator ${mine} s, responder ${theirs} s`]
            : [],
        );
        if (lives.length === 0) return [];
        const subjects = [...new Set([one.name, other.name])];
        return [finding('initiator-key-life', 'warning', subjects, lives.join('; '))];
      }),
  );
}

function mirrored(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a === b;
}

/** Two ends of one tunnel: what is local here is remote there. */
function areEnds(one: InventoryTunnel, other: InventoryTunnel): boolean {
  if (one.origin === other.origin) return false;
  const byAddress = mirrored(one.local, other.remote) && mirrored(one.remote, other.local);
  const byId = mirrored(one.localId, other.remoteId) && mirrored(one.remoteId, other.localId);
  return byAddress || byId;
}

function groupFindings(
  tunnels: readonly InventoryTunnel[],
  groups: Audited['groups'],
): readonly Finding[] {
  const byName = new Map(tunnels.map((tunnel) => [folded(tunnel.name), tunnel]));
  const found: Finding[] = [];
  const groupOf = new Map<string, string>();
  for (const group of groups) {
    const { name, members } = group;
    if (members.length < 2)
      found.push(
        finding('group-size', 'error', [name], `members: ${members.join(', ') || 'none'}`),
      );
    for (const member of members) {
      const other = groupOf.get(folded(member));
      if (other !== undefined)
        found.push(finding('group-membership', 'error', [member], `in ${other} and in ${name}`));
      groupOf.set(folded(member), name);
    }
    const ids = members.flatMap((member) => byName.get(folded(member))?.remoteId ?? []);
    // A remote ID that is no address may stand for any address.
    const addresses = new Set(ids.filter((id) => parseNetwork(id) !== undefined));
    if (addresses.size > 1)
      found.push(finding('group-remote-id', 'error', [name], [...addresses].join(', ')));
  }
  return found;
}

function finding(
  code: FindingCode,
  severity: Finding['severity'],
  subjects: readonly string[],
  detail: string,
): Finding {
  return { code, severity, subjects, detail };
}
