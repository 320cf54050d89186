import type { TunnelStateName } from '../../src/events/change.ts';
import { nextTunnel } from '../../src/engine/tunnel.ts';
import { newTunnel } from '../../src/engine/tunnel-state.ts';
import type { TunnelInput, TunnelSpec, TunnelState } from '../../src/engine/tunnel-state.ts';
import {
  childClosing,
  childUp,
  established,
  evidence,
  holds,
  listedChild,
  listedIke,
  logged,
  noon,
  spec,
} from './events.ts';

/** Inputs of the machine's table, by the words of docs/state-machines.md. */
type Make = (at: number) => TunnelInput;

const log =
  (body: Parameters<typeof logged>[0]): Make =>
  (at) =>
    logged(body, at);

const listed =
  (children: readonly string[], ike = true): Make =>
  (at) => ({
    kind: 'listed',
    at,
    ikeSas: ike ? [listedIke()] : [],
    childSas: children.map((child, i) => listedChild(child, i + 1)),
    evidence,
  });

const traffic =
  (bytesIn: number, bytesOut: number): Make =>
  (at) => ({
    kind: 'traffic',
    at,
    readings: [
      { direction: 'in', spi: 'c0000001', bytes: bytesIn, packets: 1 },
      { direction: 'out', spi: 'd0000001', bytes: bytesOut, packets: 1 },
    ],
  });

export const inputs: Readonly<Record<string, Make>> = {
  'IKE_SA initiated': log({ kind: 'ike-initiating', name: 'T-1', id: 1, version: 2 }),
  'IKE_SA established': log(established()),
  'first CHILD_SA established': log(childUp('T-1', 1)),
  'second CHILD_SA established': log(childUp('T-2', 2)),
  'one CHILD_SA closed': log(childClosing('T-1', 1)),
  'IKE_SA rekeyed': log({ kind: 'ike-rekeyed', name: 'T-1', id: 2 }),
  'IKE_SA deleted by the peer': log({ kind: 'ike-deleting', name: 'T-1', id: 1 }),
  'retransmits exhausted': log({ kind: 'gave-up' }),
  'DPD timed out (IKEv1)': log({ kind: 'dpd-timeout' }),
  'establishing failed': log({ kind: 'establish-failed' }),
  'negotiation refused': log({
    kind: 'negotiation-failed',
    phase: 1,
    reason: 'no-proposal-chosen',
  }),
  'charon started': log({ kind: 'daemon', change: 'started' }),
  'listing: no SA': listed([], false),
  'listing: IKE_SA only': listed([]),
  'listing: one child': listed(['T-1']),
  'listing: both children': listed(['T-1', 'T-2']),
  'charon is not running': (at) => ({ kind: 'daemon-absent', at, evidence }),
  'source lost': (at) => ({ kind: 'observable', at, observed: false }),
  'interface off': (at) => ({ kind: 'interface', at, interface: 'wan1', up: false, evidence }),
  'interface on': (at) => ({ kind: 'interface', at, interface: 'wan1', up: true, evidence }),
  'another member serves': (at) => ({ kind: 'standing', at, anotherServes: true }),
  'no other member serves': (at) => ({ kind: 'standing', at, anotherServes: false }),
  'switched off': (at) => ({ kind: 'configured', at, spec: { ...spec, enabled: false } }),
  'switched on': (at) => ({ kind: 'configured', at, spec }),
  'traffic: only out': traffic(0, 2_000_000),
  'traffic: both ways': traffic(2_000_000, 2_000_000),
  'this host is passive': (at) => ({ kind: 'ha', at, role: 'passive', evidence }),
  'this host is active': (at) => ({ kind: 'ha', at, role: 'active', evidence }),
  'passive or active, nobody knows': (at) => ({
    kind: 'ha',
    at,
    role: 'unknown',
    evidence: undefined,
  }),
  'gateway dead': (at) => ({ kind: 'gateway', at, up: false, evidence }),
};

/** How to bring the canonical tunnel into each state. */
const recipes: Readonly<Record<TunnelStateName, readonly (Make | string)[]>> = {
  unknown: [],
  disabled: ['switched off'],
  standby: ['listing: no SA', 'another member serves'],
  down: ['listing: no SA'],
  connecting: ['listing: no SA', 'IKE_SA initiated'],
  phase1: ['listing: IKE_SA only'],
  partial: ['listing: one child'],
  up: ['listing: both children'],
  stalled: ['listing: both children', traffic(0, 1), traffic(0, 2), traffic(0, 3)],
  orphaned: ['listing: both children', 'interface off'],
};

export interface Machine {
  state: TunnelState;
  at: number;
}

/** Feeds one input, some time after the one before. */
function feed(machine: Machine, make: Make | string, afterMs = 200_000): Machine {
  const at = machine.at + afterMs;
  const input = (typeof make === 'string' ? inputs[make]! : make)(at);
  return { at, state: nextTunnel(machine.state, input, holds).state };
}

/** The canonical tunnel in a state. An orphaned one can only be a responder's. */
export function inState(name: TunnelStateName, role: TunnelSpec['role']): Machine {
  const own = { ...spec, role: name === 'orphaned' ? ('responder' as const) : role };
  const machine: Machine = { at: noon, state: newTunnel(own, noon) };
  return recipes[name].reduce((now, make) => feed(now, make), machine);
}

/** The cell of the table: the state right after the input, and after the hold if that differs. */
export function cell(name: TunnelStateName, input: string, role: TunnelSpec['role']): string {
  const after = feed(inState(name, role), input, 100_000);
  const { wakeAt } = nextTunnel(after.state, { kind: 'tick', at: after.at }, holds);
  if (wakeAt === undefined) return after.state.state;
  const later = nextTunnel(after.state, { kind: 'tick', at: wakeAt }, holds).state.state;
  return later === after.state.state ? later : `${after.state.state}, ${later}`;
}
