import type { InventoryTunnel } from '../../events/inventory.ts';
import type { ConfProblems } from './conf-problems.ts';
import { addressOf, identityOf, listOf, proposalsOf, secondsOf, subnetOf } from './conf-values.ts';
import type { SwanctlSection } from './swanctl-conf-sections.ts';
import type { SwanctlView } from './swanctl-conf-view.ts';

/** charon's own times, in seconds. */
const ikeRekey = 14_400;
const childRekey = 3600;

const versions: ReadonlyMap<string | undefined, 1 | 2> = new Map([
  ['1', 1],
  ['2', 2],
]);

/** A connection of swanctl.conf; undefined for one that only passes or drops traffic. */
export function swanctlConfTunnel(
  name: string,
  connection: SwanctlView,
  { place, bases }: SwanctlSection,
  problems: ConfProblems,
): InventoryTunnel | undefined {
  const all = childrenOf(connection.section('children'));
  const children = all.filter(([, child]) => !/^(?:pass|drop)$/.test(text(child, 'mode') ?? ''));
  if (all.length > 0 && children.length === 0) return undefined;
  const views = children.map(([, child]) => child);
  const version = versions.get(text(connection, 'version'));
  const timeOf = (view: SwanctlView, key: string): number | undefined =>
    seconds(view, key, problems);
  const delay = timeOf(connection, 'dpd_delay') || undefined;
  // Only IKEv1 heeds it; IKEv2 retransmits.
  const timeout =
    version === 1 && delay !== undefined ? timeOf(connection, 'dpd_timeout') : undefined;
  return {
    name,
    origin: place.file,
    enabled: true,
    role: roleOf(connection, views, problems),
    interface: undefined,
    local: addressOf(text(connection, 'local_addrs')),
    remote: addressOf(text(connection, 'remote_addrs')),
    localId: idOf(connection, 'local'),
    remoteId: idOf(connection, 'remote'),
    version,
    profile: bases[0],
    connections: [],
    children: children.map(([child]) => child),
    selectors: views.map((child) => ({
      local: selectorsOf(child, 'local_ts'),
      remote: selectorsOf(child, 'remote_ts'),
    })),
    ikeLifeSeconds: ikeLife(connection, timeOf),
    childLifeSeconds: smallest(views.map((child) => childLife(child, timeOf))),
    marginSeconds: undefined,
    marginFuzzPercent: undefined,
    dpdDelaySeconds: delay,
    dpdTimeoutSeconds: timeout || undefined,
    idleSeconds: smallest(views.map((child) => timeOf(child, 'inactivity'))),
    algorithms: proposalsOf(
      text(connection, 'proposals'),
      ...views.flatMap((child) => [text(child, 'esp_proposals'), text(child, 'ah_proposals')]),
    ),
  };
}

type Child = readonly [name: string, view: SwanctlView];

function childrenOf(children: SwanctlView): readonly Child[] {
  return children.names.map((name) => [name, children.section(name)]);
}

const text = (view: SwanctlView, key: string): string | undefined => view.get(key)?.text;

function selectorsOf(child: SwanctlView, key: string): readonly string[] {
  return listOf(text(child, key) ?? 'dynamic').map((one) => subnetOf(one));
}

/** Of several rounds of authentication the first that names an identity. */
function idOf(connection: SwanctlView, side: 'local' | 'remote'): string | undefined {
  const rounds = connection.names
    .filter((name) => name.startsWith(side))
    .map((name) => connection.section(name))
    .toSorted((a, b) => Number(text(a, 'round') ?? 0) - Number(text(b, 'round') ?? 0));
  return rounds.flatMap((round) => identityOf(text(round, 'id')) ?? [])[0];
}

const actions = /^(?:none|start|trap|route|(?:trap|start)\|(?:start|trap)|clear)$/;

function roleOf(
  connection: SwanctlView,
  children: readonly SwanctlView[],
  problems: ConfProblems,
): InventoryTunnel['role'] {
  if (listOf(text(connection, 'pools')).length > 0) return 'remote-access';
  const roles = children.map((child) => {
    const action = child.get('start_action');
    const word = action?.text ?? 'none';
    if (action === undefined || actions.test(word))
      return /start|trap|route/.test(word) ? 'initiator' : 'responder';
    problems.add(action, `start_action = ${word} is none of none, start, trap, trap|start`);
    return undefined;
  });
  return roles.includes('initiator') ? 'initiator' : roles[0];
}

/** Undefined where it is not said, or cannot be read. */
function seconds(view: SwanctlView, key: string, problems: ConfProblems): number | undefined {
  const value = view.get(key);
  if (value?.text === undefined) return undefined;
  const found = secondsOf(value.text);
  if (found === undefined)
    problems.add(value, `${key} = ${value.text} is not a time such as 90s, 15m or 8h`);
  return found;
}

type TimeOf = (view: SwanctlView, key: string) => number | undefined;

/** It ends `over_time` after it should have been rekeyed, or authenticated anew. */
function ikeLife(connection: SwanctlView, timeOf: TimeOf): number | undefined {
  const reauth = timeOf(connection, 'reauth_time') ?? 0;
  const rekey = timeOf(connection, 'rekey_time') ?? (reauth > 0 ? 0 : ikeRekey);
  const over = timeOf(connection, 'over_time') ?? Math.floor(Math.max(rekey, reauth) / 10);
  const soonest = smallest([rekey, reauth]);
  return soonest === undefined ? undefined : soonest + over;
}

function childLife(child: SwanctlView, timeOf: TimeOf): number | undefined {
  const rekey = timeOf(child, 'rekey_time') ?? childRekey;
  return timeOf(child, 'life_time') ?? Math.floor(rekey * 1.1);
}

/** Zero is charon's word for never. */
function smallest(times: readonly (number | undefined)[]): number | undefined {
  const set = times.flatMap((time) => (time === undefined || time === 0 ? [] : time));
  return set.length === 0 ? undefined : Math.min(...set);
}
