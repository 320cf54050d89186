import type { HoldsConfig } from '../config/config.ts';
import type { Change } from '../events/change.ts';
import type { LogEvent } from '../events/log-event.ts';
import { condition } from './condition.ts';
import { isEcho, nextTold, nothingTold } from './echo.ts';
import { nextHint } from './hint.ts';
import { boundedSas, copyOfSas, listedSas, nextSas, noSas } from './sa-set.ts';
import type { SaSet } from './sa-set.ts';
import { settle } from './settle.ts';
import { countTraffic } from './traffic.ts';
import type { Reading } from './traffic.ts';
import { nextCounters } from './tunnel-counters.ts';
import type { TunnelCounters, TunnelInput, TunnelState } from './tunnel-state.ts';

/** One step of the machine. */
export interface TunnelStep {
  readonly state: TunnelState;
  readonly changes: readonly Change[];
  /** When the machine wants a tick, or undefined while nothing is pending. */
  readonly wakeAt: number | undefined;
}

/**
 * The tunnel machine: first the facts, then the state that they call for, then the holds.
 * Time enters only as `input.at`. The table in docs/state-machines.md lists every cell.
 */
export function nextTunnel(state: TunnelState, input: TunnelInput, holds: HoldsConfig): TunnelStep {
  const facts = nextFacts(state, input);
  const target = condition(facts, input.at, holds.stallMs);
  const step = settle(facts, target, input, holds);
  const changes =
    isNotable(input) && !isKnown(state, input)
      ? [...step.changes, noted(state.spec.name, input)]
      : step.changes;
  return { state: step.state, changes, wakeAt: step.state.pending?.due };
}

/** Applies the input to what is known, without yet drawing a conclusion. */
function nextFacts(tunnel: TunnelState, input: TunnelInput): TunnelState {
  const hint = nextHint(tunnel, input);
  const counters = nextCounters(tunnel, input);
  const next =
    hint === tunnel.hint && counters === tunnel.counters ? tunnel : { ...tunnel, hint, counters };
  switch (input.kind) {
    case 'configured':
      return { ...next, spec: input.spec };
    case 'observable':
      return { ...next, observed: input.observed };
    case 'standing':
      return { ...next, anotherServes: input.anotherServes };
    case 'ha':
      return { ...next, ha: input.role };
    case 'interface':
      return withInterface(next, input);
    case 'traffic':
      return withTraffic(next, input.readings, input.at);
    case 'listed':
      return withListing(
        next,
        listedSas(next.sas, input.ikeSas, input.childSas, input.at),
        input.at,
      );
    case 'daemon-absent':
      return withListing({ ...next, told: nothingTold }, noSas, input.at);
    case 'installed': {
      const ikeSas = input.childSas.length === 0 ? [] : next.sas.ikeSas;
      return withListing(next, { ikeSas, childSas: input.childSas }, input.at);
    }
    case 'gateway':
    case 'tick':
      return next;
    default:
      return withLogEvent(next, input);
  }
}

/** Whether the other source has told this before, in charon's log or over VICI. */
function isKnown({ told = nothingTold }: TunnelState, input: TunnelInput): boolean {
  return 'code' in input && isEcho(told, input);
}

/** Nothing can come in while the interface is off: what went unanswered then is no stall. */
function withInterface(
  tunnel: TunnelState,
  { interface: name, up }: TunnelInput & { kind: 'interface' },
): TunnelState {
  const isBack = tunnel.interfaceUp === false && up !== false;
  const traffic = isBack ? { ...tunnel.traffic, unansweredSince: undefined } : tunnel.traffic;
  return { ...tunnel, interface: name, interfaceUp: up, traffic };
}

/** A look that began before an event happened cannot know of it: it says only that we can see. */
function withListing(tunnel: TunnelState, sas: SaSet, at: number): TunnelState {
  if (at < tunnel.eventAt) return tunnel.observed ? tunnel : { ...tunnel, observed: true };
  const same = JSON.stringify(sas) === JSON.stringify(tunnel.sas);
  return { ...(same ? tunnel : withSas(tunnel, sas)), listedAt: at, observed: true };
}

function withSas(tunnel: TunnelState, sas: SaSet): TunnelState {
  const { traffic } = tunnel;
  // Traffic that went unanswered before a tunnel was lost says nothing about the next SAs.
  const idle = sas.childSas.length === 0 && traffic.unansweredSince !== undefined;
  return {
    ...tunnel,
    sas: copyOfSas(sas, tunnel.sas),
    traffic: idle ? { ...traffic, unansweredSince: undefined } : traffic,
  };
}

function withLogEvent(tunnel: TunnelState, event: LogEvent): TunnelState {
  const isOld = event.latest < tunnel.listedAt || isKnown(tunnel, event);
  const before = tunnel.told ?? nothingTold;
  const told = nextTold(before, event);
  const heard = told === before ? tunnel : { ...tunnel, told };
  const counted =
    event.kind === 'child-closing' ? withTraffic(heard, finalReadings(event), event.at) : heard;
  // A line that is older than the newest look adds history and evidence, but no SAs.
  if (isOld) return counted;
  const { sas, dropped } = boundedSas(counted.sas, nextSas(counted.sas, event));
  if (sas === counted.sas) return counted;
  const next = { ...withSas(counted, sas), eventAt: event.latest };
  return dropped === 0 ? next : { ...next, counters: withDropped(next.counters, dropped) };
}

function withDropped(counters: TunnelCounters, count: number): TunnelCounters {
  return { ...counters, droppedSas: (counters.droppedSas ?? 0) + count };
}

function finalReadings(event: LogEvent & { kind: 'child-closing' }): readonly Reading[] {
  const { spiIn, spiOut, bytesIn, bytesOut } = event;
  if (bytesIn === undefined || bytesOut === undefined) return [];
  return [
    { direction: 'in', spi: spiIn, bytes: bytesIn, packets: undefined },
    { direction: 'out', spi: spiOut, bytes: bytesOut, packets: undefined },
  ];
}

function withTraffic(tunnel: TunnelState, readings: readonly Reading[], at: number): TunnelState {
  const traffic = countTraffic(tunnel.traffic, readings, at, tunnel.sas.childSas.length);
  return traffic === tunnel.traffic ? tunnel : { ...tunnel, traffic };
}

const notable: ReadonlySet<LogEvent['kind']> = new Set([
  'ike-established',
  'ike-rekeyed',
  'ike-reauthenticating',
  'ike-delete-received',
  'ike-replaced',
  'children-adopted',
  'child-established',
  'child-closing',
  'child-inactive',
  'child-reported',
  'gave-up',
  'trying-again',
  'establish-failed',
  'dpd-timeout',
  'negotiation-failed',
  'terminate-requested',
]);

function isNotable(input: TunnelInput): input is LogEvent {
  return (notable as ReadonlySet<string>).has(input.kind);
}

function noted(tunnel: string, event: LogEvent): Change {
  return { kind: 'event', at: event.at, tunnel, code: event.code, evidence: event.evidence };
}
