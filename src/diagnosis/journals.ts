import type { Engine } from '../engine/engine.ts';
import type { TunnelState } from '../engine/tunnel-state.ts';
import type { Change } from '../events/change.ts';
import { copyOf } from '../events/copy-of.ts';
import type { Evidence } from '../events/evidence.ts';
import type { LogEvent } from '../events/log-event.ts';
import type { Observation } from '../events/observation.ts';
import type { TunnelEvent } from '../events/tunnel-event.ts';
import { Attribution } from './attribution.ts';
import type { Case, CaseFinding } from './case.ts';
import { caseOfPeer, caseOfTunnel } from './cases.ts';
import type { Policies } from './cases.ts';
import { diagnose } from './diagnose.ts';
import type { Diagnosis } from './diagnosis.ts';
import {
  isForJournals,
  newJournal,
  withDoubledSas,
  withLine,
  withPast,
  wasUp,
  withStateChange,
  withoutPhase1,
  withoutPhase2,
} from './journal.ts';
import type { Journal } from './journal.ts';
import { LoadedIndex } from './loaded-index.ts';

/** An unknown peer and what its exchanges failed of. */
export interface PeerDiagnoses {
  readonly address: string;
  readonly diagnoses: readonly Diagnosis[];
}

/** Unknown peers that are remembered; the one not heard of for longest goes first. */
const mostPeers = 64;

/**
 * The journals of all tunnels and of the unknown peers: fed with every event beside the engine,
 * after it, so that history and diagnosis are of one moment.
 */
export class Journals {
  readonly #tunnels = new Map<string, Journal>();
  readonly #peers = new Map<string, Journal>();
  readonly #dirty = new Map<string, Journal>();
  readonly #attribution = new Attribution();
  readonly #index = new LoadedIndex();
  #policies: Policies | undefined;
  /** When the counters of a tunnel last grew, and what they were. */
  readonly #traffic = new Map<string, { readonly bytes: number; readonly at: number }>();

  /** Goes on from saved journals. Those of unknown peers are not saved. */
  constructor(saved: readonly Journal[]) {
    for (const journal of saved) this.#tunnels.set(journal.subject, journal);
  }

  /** Takes an event that the engine has applied, and what it said to it. */
  observe(event: TunnelEvent, changes: readonly Change[], engine: Engine): void {
    if (event.kind === 'xfrm-policies') this.#policies = policiesIn(event);
    else if (event.kind === 'source-lost' && event.source === 'xfrm-policy') {
      this.#policies = undefined;
    } else if ('code' in event) {
      // What VICI tells the log tells as well, with what went before it and who began.
      if (event.evidence.source !== 'vici') this.#observeLine(event, engine);
    } else if (event.kind === 'sa-list' || event.kind === 'xfrm-states') {
      this.#look(event.at, engine);
    }
    this.take(changes, engine);
  }

  /** Takes changes that the engine made without an event. */
  take(changes: readonly Change[], engine: Engine): void {
    for (const change of changes) if (change.kind === 'tunnel') this.#takeChange(change, engine);
  }

  /** What is wrong with a tunnel now, best candidate first, and then what was, newest first. */
  ofTunnel(
    name: string,
    engine: Engine,
    findings: readonly CaseFinding[],
    at: number,
  ): readonly Diagnosis[] {
    const tunnel = engine.tunnels.get(name);
    if (tunnel === undefined) return [];
    const journal = this.#journal(name);
    const past = journal.past.toReversed();
    if (tunnel.ha === 'passive' || isQuiet(journal, tunnel)) return past;
    return [...diagnose(this.#case(journal, tunnel, engine, at, findings)), ...past];
  }

  /** Exchanges that no tunnel can be named for, by the peer's address. */
  ofPeers(at: number): readonly PeerDiagnoses[] {
    return [...this.#peers.values()].flatMap((journal) => {
      const diagnoses = diagnose(caseOfPeer(journal, at));
      // Half an exchange is what scanners leave behind.
      const isTelling = diagnoses.some(({ confidence }) => confidence !== 'possible');
      return isTelling ? [{ address: journal.subject, diagnoses }] : [];
    });
  }

  /** These tunnels are gone; names that are used again begin anew. */
  forget(names: readonly string[]): void {
    for (const name of names)
      for (const memory of [this.#tunnels, this.#dirty, this.#traffic]) memory.delete(name);
  }

  /** Journals that have changed since the last call, to be committed. */
  takeDirty(): readonly Journal[] {
    const dirty = [...this.#dirty.values()];
    this.#dirty.clear();
    return dirty;
  }

  #case(
    journal: Journal,
    tunnel: TunnelState,
    engine: Engine,
    at: number,
    findings: readonly CaseFinding[] = [],
  ): Case {
    const beside = { at, findings, policies: this.#policies, index: this.#index };
    return caseOfTunnel(journal, tunnel, engine, beside);
  }

  #journal(name: string): Journal {
    return this.#tunnels.get(name) ?? newJournal(name);
  }

  #put(journal: Journal): void {
    if (this.#tunnels.get(journal.subject) === journal) return;
    this.#tunnels.set(journal.subject, journal);
    this.#dirty.set(journal.subject, journal);
  }

  #observeLine(event: LogEvent, engine: Engine): void {
    if (event.kind === 'daemon') {
      for (const name of engine.tunnels.keys()) this.#line(name, event, engine);
    }
    const { tunnels, peer } = this.#attribution.of(event, engine);
    if (isForJournals(event)) for (const name of tunnels) this.#line(name, event, engine);
    if (peer !== undefined) this.#linePeer(peer, event);
  }

  #line(name: string, event: LogEvent, engine: Engine): void {
    const tunnel = engine.tunnels.get(name);
    // What a passive host's own charon tries says nothing about what the active one serves.
    if (tunnel === undefined || tunnel.ha === 'passive') return;
    const movedAt = this.#traffic.get(name)?.at;
    const around = { ikeSas: tunnel.sas.ikeSas, movedAt };
    const journal = withLine(this.#journal(name), event, around);
    this.#put(this.#settled(journal, event, tunnel, engine));
  }

  /** What had failed and has succeeded since is over. */
  #settled(journal: Journal, event: LogEvent, tunnel: TunnelState, engine: Engine): Journal {
    if (event.kind === 'ike-established') {
      return this.#closed(journal, withoutPhase1(journal), tunnel, engine, event.at);
    }
    if (event.kind !== 'child-established' || tunnel.state !== 'up') return journal;
    return this.#closed(journal, withoutPhase2(journal), tunnel, engine, event.at);
  }

  #closed(
    journal: Journal,
    rest: Journal,
    tunnel: TunnelState,
    engine: Engine,
    at: number,
  ): Journal {
    if (rest === journal) return journal;
    const of = (one: Journal): readonly Diagnosis[] =>
      diagnose(this.#case(one, tunnel, engine, at));
    const left = new Set(of(rest).map(({ code }) => code));
    return withPast(
      rest,
      ended(of(journal), at).filter(({ code }) => !left.has(code)),
    );
  }

  #linePeer(address: string, event: LogEvent): void {
    const journal = this.#peers.get(address) ?? newJournal(address);
    const next = withLine(journal, event, { ikeSas: [], movedAt: undefined });
    this.#peers.delete(address);
    this.#peers.set(address, next);
    if (this.#peers.size > mostPeers) this.#peers.delete(this.#peers.keys().next().value!);
  }

  #look(at: number, engine: Engine): void {
    for (const [name, tunnel] of engine.tunnels) {
      const bytes = tunnel.traffic.bytesIn + tunnel.traffic.bytesOut;
      if (this.#traffic.get(name)?.bytes !== bytes) this.#traffic.set(name, { bytes, at });
      if (tunnel.ha !== 'passive')
        this.#put(withDoubledSas(this.#journal(name), tunnel.sas.childSas, at));
    }
  }

  #takeChange(change: Change & { kind: 'tunnel' }, engine: Engine): void {
    const tunnel = engine.tunnels.get(change.tunnel);
    if (tunnel === undefined) return;
    const evidence = change.evidence ?? ownEvidence(change, tunnel);
    const known = this.#journal(change.tunnel);
    const journal = withStateChange(known, change, evidence);
    const isUp = change.to === 'up' && !(change.from === 'unknown' && wasUp(known));
    const isOver = isUp || change.to === 'disabled' || tunnel.ha === 'passive';
    this.#put(isOver ? this.#recovered(journal, tunnel, engine, change) : journal);
  }

  /** Closes the incident: what was wrong until now has its end, and a new page begins. */
  #recovered(
    journal: Journal,
    tunnel: TunnelState,
    engine: Engine,
    { at, from }: Change & { kind: 'tunnel' },
  ): Journal {
    const before = { ...this.#case(journal, tunnel, engine, at), state: from };
    return withPast({ ...journal, symptoms: [] }, ended(diagnose(before), at));
  }
}

/** Most tunnels at most times: up, and nothing to be said of them. */
function isQuiet({ symptoms, childLife, doubledSince }: Journal, tunnel: TunnelState): boolean {
  return (
    tunnel.state === 'up' &&
    symptoms.length === 0 &&
    childLife.rekeys.length === 0 &&
    doubledSince === undefined &&
    tunnel.flaps.length === 0
  );
}

function policiesIn({ at, policies }: Observation & { kind: 'xfrm-policies' }): Policies {
  const out = policies.filter(({ direction }) => direction === 'out');
  const peers = out.flatMap(({ templates }) => templates.map(({ dst }) => copyOf(dst)));
  return { at, peers: new Set(peers) };
}

/** What a change rests on that no line and no command alone has shown. */
function ownEvidence(change: Change & { kind: 'tunnel' }, { traffic }: TunnelState): Evidence {
  const { at, from, to, cause } = change;
  const text =
    to === 'stalled'
      ? `${traffic.bytesOut} bytes out, ${traffic.bytesIn} bytes in so far`
      : `${from} -> ${to} (${cause})`;
  return { source: to === 'stalled' ? 'counters' : 'state', at, text };
}

function ended(diagnoses: readonly Diagnosis[], until: number): readonly Diagnosis[] {
  return diagnoses
    .filter(({ code }) => code !== 'flapping')
    .toReversed()
    .map((diagnosis) => ({ ...diagnosis, until: Math.max(until, diagnosis.from) }));
}
