import type { CharonLoad, MessageCounts } from './charon-load.ts';
import type { Evidence } from './evidence.ts';
import type {
  ListedChildSa,
  ListedIkeSa,
  LoadedConnection,
  XfrmPolicy,
  XfrmState,
} from './security-associations.ts';

/** Which source of SAs answered; they replace one another in this order. */
type SaSource = 'vici' | 'statusall';

/** Link and address state of one interface. */
export interface InterfaceState {
  readonly name: string;
  /** Administratively up and, where the kernel knows, with a carrier. */
  readonly up: boolean;
  /** Addresses without prefix length. */
  readonly addresses: readonly string[];
  /** With prefix length, as configured. */
  readonly networks: readonly string[];
  /** `xfrm`, `veth`, `vlan` …; undefined for plain links. */
  readonly linkKind: string | undefined;
  readonly xfrmIfId: number | undefined;
}

/** What a source saw by looking. `at` is the moment the look began, milliseconds since the epoch. */
export type Observation = { readonly at: number } & (
  | {
      readonly kind: 'sa-list';
      readonly source: SaSource;
      readonly ikeSas: readonly ListedIkeSa[];
      readonly childSas: readonly ListedChildSa[];
      readonly connections: readonly LoadedConnection[];
      readonly evidence: Evidence;
    }
  /** What charon has loaded, without its SAs: names, before a first reading of old logs. */
  | { readonly kind: 'connections'; readonly connections: readonly LoadedConnection[] }
  /** charon is certainly not running: not the same as "could not look". */
  | { readonly kind: 'daemon-absent'; readonly evidence: Evidence }
  | { readonly kind: 'xfrm-states'; readonly states: readonly XfrmState[] }
  | { readonly kind: 'xfrm-policies'; readonly policies: readonly XfrmPolicy[] }
  | { readonly kind: 'xfrm-errors'; readonly counters: Readonly<Record<string, number>> }
  /** How busy charon is, and what it has counted, by connection; only VICI tells. */
  | {
      readonly kind: 'charon-load';
      readonly load: CharonLoad | undefined;
      readonly counts: ReadonlyMap<string, MessageCounts>;
    }
  | {
      readonly kind: 'interface-list';
      readonly interfaces: readonly InterfaceState[];
      readonly evidence: Evidence;
    }
  | {
      readonly kind: 'interface-changed';
      readonly interface: string;
      /** Undefined when only its addresses changed. */
      readonly up: boolean | undefined;
      readonly evidence: Evidence;
    }
  | { readonly kind: 'interface-removed'; readonly interface: string; readonly evidence: Evidence }
  /** A source has answered again, or for the first time. */
  | { readonly kind: 'source-answered'; readonly source: string }
  /** A source has not answered for so long that what it said no longer counts. */
  | { readonly kind: 'source-lost'; readonly source: string; readonly detail: string }
  | { readonly kind: 'tick' }
);
