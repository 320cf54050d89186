import type { LogEvent } from '../events/log-event.ts';

type Teller = 'vici' | 'log';

/** What each of the two has told lately. */
export type Told = Readonly<Partial<Record<Teller, readonly string[] | undefined>>>;

export const nothingTold: Told = {};

/** Of each, for as long as one of them may lag behind the other. */
const mostTold = 64;

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
export function teller(event: LogEvent): Teller {
  return event.evidence.source === 'vici' ? 'vici' : 'log';
}

/**
 * Whether the other of the two has told this already. Once it has said that an SA is gone, that it
 * came is old news as well: taken for new, it would bring the SA back.
 */
export function isEcho(told: Told, event: LogEvent): boolean {
  const others = told[teller(event) === 'vici' ? 'log' : 'vici'];
  if (others === undefined) return false;
  const fact = factOf(event);
  if (fact === undefined) return false;
  return others.includes(`${fact.sa} ${fact.turn}`) || others.includes(`${fact.sa} down`);
}

/** Whether VICI has told that an IKE_SA is gone. */
export function isToldDown({ vici = [] }: Told, ikeId: number | undefined): boolean {
  return vici.includes(`ike ${ikeId} down`);
}

export function nextTold(told: Told, event: LogEvent): Told {
  // charon counts its SAs from 1 again when it restarts.
  if (event.kind === 'daemon' && event.change !== 'stopping') return nothingTold;
  const fact = factOf(event);
  if (fact === undefined) return told;
  const by = teller(event);
  const own = [...(told[by] ?? []).slice(1 - mostTold), `${fact.sa} ${fact.turn}`];
  return by === 'log' ? { vici: told.vici, log: own } : { vici: own, log: told.log };
}
