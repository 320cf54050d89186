import type { Role } from '../config/config.ts';
import type { Cause, HaRole, TunnelStateName } from '../events/change.ts';
import type { Evidence } from '../events/evidence.ts';
import type { LogEvent } from '../events/log-event.ts';
import type { ListedChildSa, ListedIkeSa } from '../events/security-associations.ts';
import type { Told } from './echo.ts';
import { noSas } from './sa-set.ts';
import type { ChildSa, SaSet } from './sa-set.ts';
import { noTraffic } from './traffic.ts';
import type { Reading, Traffic } from './traffic.ts';

/** What should exist: the configuration, filled in with what charon has loaded. */
export interface TunnelSpec {
  readonly name: string;
  readonly enabled: boolean;
  readonly role: Role | undefined;
  readonly group: string | undefined;
  readonly interface: string | undefined;
  readonly local: string | undefined;
  readonly remote: string | undefined;
  readonly localId: string | undefined;
  readonly remoteId: string | undefined;
  readonly version: 1 | 2 | undefined;
  readonly profile: string | undefined;
  /** Names of the expected CHILD_SAs; empty while nobody has told. */
  readonly children: readonly string[];
  /** Nobody has configured it: charon has it loaded. */
  readonly discovered?: true;
  /** Since when nothing names it any more: it is about to be forgotten. */
  readonly removedAt?: number;
}

/** Something that would explain a loss, remembered for when the loss shows. */
export interface Hint {
  readonly cause: Cause;
  readonly at: number;
  readonly until: number;
  readonly evidence: Evidence | undefined;
}

/** A loss that may yet turn out to be a reauthentication: published when `due` has come. */
export interface PendingLoss {
  readonly to: TunnelStateName;
  /** Whether the IKE_SA went as well: its return is a reauthentication, not a late rekey. */
  readonly ikeLost: boolean;
  readonly at: number;
  readonly due: number;
  readonly cause: Cause;
  readonly evidence: Evidence | undefined;
}

/** Everything ever counted of a tunnel; survives restarts. */
export interface TunnelCounters {
  readonly transitions: Readonly<Partial<Record<TunnelStateName, number>>>;
  readonly ikeRekeys: number;
  readonly childRekeys: number;
  readonly reauthentications: number;
  readonly retransmits: number;
  readonly dpdTimeouts: number;
  /** Keyed `phase reason`, for instance `2 ts-unacceptable`. */
  readonly failures: Readonly<Record<string, number>>;
  /** SAs that log lines told of, left out because there were too many. */
  readonly droppedSas?: number;
}

/** The tunnel machine's state: facts, what was published, and what is pending. Plain JSON. */
export interface TunnelState {
  readonly spec: TunnelSpec;
  readonly state: TunnelStateName;
  /** When it entered that state, milliseconds since the epoch. */
  readonly since: number;
  readonly cause: Cause;
  readonly evidence: Evidence | undefined;
  readonly sas: SaSet;
  /** When the newest listing that was applied began, and the latest moment of the newest event. */
  readonly listedAt: number;
  readonly eventAt: number;
  /** Whether a source of SAs has answered and is not lost. */
  readonly observed: boolean;
  /** The associated interface, configured or found by the local address. */
  readonly interface: string | undefined;
  /** Of the associated interface; undefined while nobody knows. */
  readonly interfaceUp: boolean | undefined;
  readonly anotherServes: boolean;
  /** Which one of a pair this host is; undefined where it is not one of a pair. */
  readonly ha?: HaRole | undefined;
  readonly hint: Hint | undefined;
  readonly pending: PendingLoss | undefined;
  readonly traffic: Traffic;
  readonly counters: TunnelCounters;
  readonly flaps: readonly number[];
  /** What charon's log and VICI have told of its SAs lately: see `echo.ts`. */
  readonly told?: Told;
}

/** What the machine consumes: log lines of this tunnel, and its share of each observation. */
export type TunnelInput =
  | LogEvent
  | ({ readonly at: number } & (
      | { readonly kind: 'configured'; readonly spec: TunnelSpec }
      | {
          readonly kind: 'listed';
          readonly ikeSas: readonly ListedIkeSa[];
          readonly childSas: readonly ListedChildSa[];
          readonly evidence: Evidence;
        }
      | { readonly kind: 'daemon-absent'; readonly evidence: Evidence }
      /** What the kernel has installed, while nobody can ask charon. */
      | {
          readonly kind: 'installed';
          readonly childSas: readonly ChildSa[];
          readonly evidence: Evidence;
        }
      | { readonly kind: 'observable'; readonly observed: boolean }
      | {
          readonly kind: 'interface';
          readonly interface: string;
          /** Undefined when the source of interfaces is lost. */
          readonly up: boolean | undefined;
          readonly evidence: Evidence | undefined;
        }
      | { readonly kind: 'gateway'; readonly up: boolean; readonly evidence: Evidence }
      | { readonly kind: 'standing'; readonly anotherServes: boolean }
      | {
          readonly kind: 'ha';
          readonly role: HaRole | undefined;
          readonly evidence: Evidence | undefined;
        }
      | { readonly kind: 'traffic'; readonly readings: readonly Reading[] }
      | { readonly kind: 'tick' }
    ));

const noCounters: TunnelCounters = {
  transitions: {},
  ikeRekeys: 0,
  childRekeys: 0,
  reauthentications: 0,
  retransmits: 0,
  dpdTimeouts: 0,
  failures: {},
};

/** A tunnel that nothing is known of yet. */
export function newTunnel(spec: TunnelSpec, at: number): TunnelState {
  return {
    spec,
    state: spec.enabled ? 'unknown' : 'disabled',
    since: at,
    cause: 'configuration',
    evidence: undefined,
    sas: noSas,
    listedAt: 0,
    eventAt: 0,
    observed: false,
    interface: spec.interface,
    interfaceUp: undefined,
    anotherServes: false,
    hint: undefined,
    pending: undefined,
    traffic: noTraffic,
    counters: noCounters,
    flaps: [],
  };
}

const serving: ReadonlySet<TunnelStateName> = new Set(['partial', 'up', 'stalled']);

/** Up in the sense of `ipsec_tunnel_up`: SAs are installed, whatever they are worth. */
export function isUp(state: TunnelStateName): boolean {
  return serving.has(state) || state === 'orphaned';
}

/** Carries traffic for its failover group. An orphaned one cannot: its interface is off. */
export function isServing(state: TunnelStateName): boolean {
  return serving.has(state);
}
