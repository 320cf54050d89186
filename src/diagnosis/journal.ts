import type { Change } from '../events/change.ts';
import type { Evidence } from '../events/evidence.ts';
import type { LogEvent } from '../events/log-event.ts';
import { nextChildLife, noChildLife } from './child-life.ts';
import type { ChildLife } from './child-life.ts';
import type { Diagnosis } from './diagnosis.ts';
import { fieldsOf, isTelling, withSymptom } from './symptom.ts';
import type { Symptom } from './symptom.ts';

/** An IKE_SA as the log told of it. */
interface Exchange {
  readonly id: number | undefined;
  readonly initiator: boolean | undefined;
  readonly version: 1 | 2 | undefined;
  readonly establishedAt: number | undefined;
}

/**
 * What a diagnosis needs to remember of one tunnel, or of one unknown peer. Plain JSON and bounded,
 * whatever the log says.
 */
export interface Journal {
  /** The tunnel's name, or the peer's address. */
  readonly subject: string;
  /** Since the tunnel last recovered; the one not seen for longest comes first. */
  readonly symptoms: readonly Symptom[];
  readonly exchanges: readonly Exchange[];
  readonly childLife: ChildLife;
  /** When the tunnel last was, or came, up. */
  readonly upAt: number | undefined;
  /** Since when polls have listed more than one SA pair for a child. */
  readonly doubledSince: number | undefined;
  /** Incidents that are over, newest last. */
  readonly past: readonly Diagnosis[];
}

export function newJournal(subject: string): Journal {
  return {
    subject,
    symptoms: [],
    exchanges: [],
    childLife: noChildLife,
    upAt: undefined,
    doubledSince: undefined,
    past: [],
  };
}

const mostExchanges = 8;
const mostPast = 16;

/** Stamps have a resolution of a second: what follows an IKE_SA's establishment at once. */
const atOnceMs = 2000;

/** Symptoms that are older than this when a tunnel is lost did not bring it down. */
const relevantMs = 900_000;

/** Symptoms that say nothing of phase 1, whatever the IKE_SA was then. */
const neverPhase1 = /^(?:state|kernel|collision|ts)\.|^ike\.deleted|child/;

/** Refusals of a CHILD_SA, and what came of them. */
const phase2 = /^(?:ts|proposal)\.|^child\.rekey_failed|^notify\.child|^ke\.child/;

/** What is known beside the log when a line comes. */
export interface Surroundings {
  /** The IKE_SAs that polls list; they decide where the log has not told. */
  readonly ikeSas: readonly { readonly ikeId: number; readonly established: boolean }[];
  /** When the tunnel's counters last grew. */
  readonly movedAt: number | undefined;
}

/** Notes that a journal takes, beside those that tell of a fault. */
const noted: ReadonlySet<string> = new Set(['child.rekey_detected', 'guide.phase1_up']);

/** Whether a line can change a journal: most notes say only that charon is at work. */
export function isForJournals({ kind, code }: LogEvent): boolean {
  return kind !== 'note' || isTelling(code) || noted.has(code);
}

/** Applies a line of the log that concerns the journal's subject. */
export function withLine(journal: Journal, event: LogEvent, around: Surroundings): Journal {
  const childLife = nextChildLife(journal.childLife, event, around.movedAt);
  const exchanges = nextExchanges(journal.exchanges, event);
  const next =
    childLife === journal.childLife && exchanges === journal.exchanges
      ? journal
      : { ...journal, childLife, exchanges };
  const code = symptomCode(journal, event);
  if (code === undefined) return next;
  const exchange = exchangeOf(journal, event.ikeId);
  const seen = {
    code,
    established:
      exchange === undefined ? isListed(around, event.ikeId) : exchange.establishedAt !== undefined,
    fresh: isFresh(exchange, event.at),
    initiator: exchange?.initiator,
    version: exchange?.version,
    fields: fieldsOf(event),
  };
  return { ...next, symptoms: withSymptom(next.symptoms, seen, event.evidence) };
}

function symptomCode(journal: Journal, event: LogEvent): string | undefined {
  if (isTelling(event.code)) return event.code;
  if (event.kind !== 'ike-delete-received') return undefined;
  // What this side was content with, the peer was not.
  return isFresh(exchangeOf(journal, event.id), event.at) ? 'ike.deleted_at_once' : undefined;
}

/** Whether the line's IKE_SA is listed as established; where it names none, whether any is. */
function isListed({ ikeSas }: Surroundings, ikeId: number | undefined): boolean {
  return ikeSas.some((sa) => sa.established && (ikeId === undefined || sa.ikeId === ikeId));
}

function isFresh(exchange: Exchange | undefined, at: number): boolean {
  return exchange?.establishedAt !== undefined && at - exchange.establishedAt <= atOnceMs;
}

/** Lines without an id belong to the newest exchange, as far as anybody can tell. */
function exchangeOf({ exchanges }: Journal, id: number | undefined): Exchange | undefined {
  return id === undefined ? exchanges.at(-1) : exchanges.find((one) => one.id === id);
}

function nextExchanges(exchanges: readonly Exchange[], event: LogEvent): readonly Exchange[] {
  switch (event.kind) {
    case 'ike-initiating':
      return known(exchanges, event.id, {
        initiator: true,
        version: event.version,
        establishedAt: undefined,
      });
    case 'ike-peer-initiating':
      return known(exchanges, event.ikeId, { initiator: false, version: event.version });
    case 'ike-established':
    case 'ike-rekeyed':
      return known(exchanges, event.id, { establishedAt: event.at });
    case 'note':
      return event.code === 'guide.phase1_up'
        ? known(exchanges, undefined, { establishedAt: event.at })
        : exchanges;
    case 'daemon':
      // Unique ids count from 1 again.
      return event.change === 'started' ? [] : exchanges;
    default:
      return exchanges;
  }
}

function known(
  exchanges: readonly Exchange[],
  id: number | undefined,
  change: Partial<Exchange>,
): readonly Exchange[] {
  const unknown = { id, initiator: undefined, version: undefined, establishedAt: undefined };
  const before = exchanges.find((one) => one.id === id) ?? unknown;
  const others = exchanges.filter((one) => one.id !== id);
  return [...others, { ...before, ...change }].slice(-mostExchanges);
}

/** Keeps a change of the tunnel's state as a symptom, with its cause. */
export function withStateChange(
  journal: Journal,
  { at, from, to, cause }: Change & { kind: 'tunnel' },
  evidence: Evidence,
): Journal {
  if (to === 'up') return { ...journal, upAt: at };
  // Nobody can see it: that says nothing of the tunnel.
  if (to === 'unknown') return from === 'up' ? { ...journal, upAt: at } : journal;
  const seen = {
    code: `state.${to}`,
    established: false,
    fresh: false,
    initiator: undefined,
    version: undefined,
    fields: { cause },
  };
  if (from !== 'up') return { ...journal, symptoms: withSymptom(journal.symptoms, seen, evidence) };
  const recent = journal.symptoms.filter((symptom) => at - symptom.last.at <= relevantMs);
  return { ...journal, upAt: at, symptoms: withSymptom(recent, seen, evidence) };
}

/** Whether a tunnel that is seen again to be up was up when it was last seen. */
export function wasUp({ upAt, symptoms }: Journal): boolean {
  return upAt !== undefined && !symptoms.some(({ code }) => code.startsWith('state.'));
}

/** A tunnel that is up has renewed a child: what phase 2 failed of is over. */
export function withoutPhase2(journal: Journal): Journal {
  const symptoms = journal.symptoms.filter(({ code }) => !phase2.test(code));
  return symptoms.length === journal.symptoms.length ? journal : { ...journal, symptoms };
}

/** Forgets what phase 1 failed of: it has been agreed on since. */
export function withoutPhase1(journal: Journal): Journal {
  const symptoms = journal.symptoms.filter(
    ({ code, established }) => established || neverPhase1.test(code),
  );
  return symptoms.length === journal.symptoms.length ? journal : { ...journal, symptoms };
}

/** Notes since when a child has had more than one SA pair, as polls list them. */
export function withDoubledSas(
  journal: Journal,
  childSas: readonly { readonly child: string }[],
  at: number,
): Journal {
  const isDoubled = new Set(childSas.map(({ child }) => child)).size < childSas.length;
  const doubledSince = isDoubled ? (journal.doubledSince ?? at) : undefined;
  return doubledSince === journal.doubledSince ? journal : { ...journal, doubledSince };
}

/** Puts what has ended away, the newest last; some incidents are one that came back. */
export function withPast(journal: Journal, ended: readonly Diagnosis[]): Journal {
  if (ended.length === 0) return journal;
  return { ...journal, past: [...journal.past, ...ended].slice(-mostPast) };
}
