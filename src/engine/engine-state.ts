import type { GroupState } from './group.ts';
import { newHost } from './host.ts';
import type { Ha } from './ha.ts';
import type { Host, Standing } from './host.ts';
import type { Link } from './links.ts';
import type { LoadedConnection } from '../events/security-associations.ts';
import type { TunnelState } from './tunnel-state.ts';

/** The host's part of the derived state, as plain JSON. */
export interface SavedHost {
  readonly daemon: Standing | undefined;
  readonly links: readonly Link[];
  readonly ha?: Ha | undefined;
  readonly gateways: readonly (readonly [string, Standing])[];
  readonly unattributed: Readonly<Record<string, number>>;
  /** Versions before this was counted have none. */
  readonly dropped?: Host['dropped'];
}

/** The derived state as it is committed together with log positions and events. */
export interface SavedState {
  readonly tunnels: readonly TunnelState[];
  readonly groups: readonly GroupState[];
  /** Undefined: not known, or not changed since it was last saved. */
  readonly host: SavedHost | undefined;
  readonly loaded: readonly LoadedConnection[] | undefined;
}

/** What has changed of the derived state, to be committed. */
export interface DirtyState extends SavedState {
  /** Names of tunnels and groups that are gone: nothing of them is to be kept but their history. */
  readonly forgotten: { readonly tunnels: readonly string[]; readonly groups: readonly string[] };
}

export function savedHost(host: Host): SavedHost {
  const { daemon, links, ha, gateways, unattributed, dropped } = host;
  return { daemon, links: [...links.values()], ha, gateways: [...gateways], unattributed, dropped };
}

export function restoredHost({ host, loaded = [] }: SavedState): Host {
  if (host === undefined) return { ...newHost, loaded };
  const links = new Map(host.links.map((link) => [link.name, link]));
  return { ...newHost, ...host, links, gateways: new Map(host.gateways), loaded };
}
