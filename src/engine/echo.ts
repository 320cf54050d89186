import type { LogEvent } from '../events/log-event.ts';

/** What was told is remembered for as long as one source may lag behind another. */
const mostTold = 64;

type Told = readonly string[];

/** The SA whose life an event tells of, and what it says about it. */
interface Fact {
  readonly sa: string;
  readonly turn: 'up' | 'outbound' | 'down';
}

function factOf(event: LogEvent): Fact | undefined {
  switch (event.kind) {
    case 'ike-established':
    case 'ike-rekeyed':
      return { sa: `ike ${event.id}`, turn: 'up' };
    case 'ike-deleting':
      return { sa: `ike ${event.id}`, turn: 'down' };
    case 'child-established':
      return { sa: `child ${event.id}`, turn: event.direction === 'outbound' ? 'outbound' : 'up' };
    case 'child-closing':
      return { sa: `child ${event.id}`, turn: 'down' };
    default:
      return undefined;
  }
}

/** charon tells what happens in its log and over VICI; either may come first. */
export function teller(event: LogEvent): 'vici' | 'log' {
  return event.evidence.source === 'vici' ? 'vici' : 'log';
}

/**
 * Whether the other of the two has told this already. Once it has said that an SA is gone, that it
 * came is old news as well: taken for new, it would bring the SA back.
 */
export function isEcho(told: Told, event: LogEvent): boolean {
  const fact = factOf(event);
  if (fact === undefined) return false;
  const other = teller(event) === 'vici' ? 'log' : 'vici';
  return [fact.turn, 'down'].some((turn) => told.includes(`${other} ${fact.sa} ${turn}`));
}

/** Whether VICI has told that an IKE_SA is gone. */
export function isToldDown(told: Told, ikeId: number | undefined): boolean {
  return told.includes(`vici ike ${ikeId} down`);
}

export function nextTold(told: Told | undefined, event: LogEvent): Told | undefined {
  const fact = factOf(event);
  // charon counts its SAs from 1 again when it restarts.
  if (event.kind === 'daemon' && event.change !== 'stopping') return [];
  if (fact === undefined) return told;
  return [...(told ?? []), `${teller(event)} ${fact.sa} ${fact.turn}`].slice(-mostTold);
}
