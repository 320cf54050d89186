import { copyOf } from '../events/copy-of.ts';
import type { Evidence } from '../events/evidence.ts';
import type { LogEvent } from '../events/log-event.ts';

/** A CHILD_SA as the log told of it. */
interface KnownChild {
  readonly name: string;
  readonly id: number;
  readonly spiIn: string;
  readonly spiOut: string;
  readonly at: number;
  /** Whether the peer had started the exchange that made it. */
  readonly byPeer: boolean;
  /** When the peer asked for its deletion. */
  readonly deleteReceived: Evidence | undefined;
}

/** How a CHILD_SA ended: replaced by a rekeying, or deleted by the peer and not replaced. */
interface ChildEnd {
  readonly at: number;
  /** From its installation to the moment that another one replaced it, or that it was deleted. */
  readonly ageMs: number;
  /** Both directions together, as charon counted at the end. */
  readonly bytes: number;
  /** How long no traffic had moved; undefined where nobody counted. */
  readonly idleMs: number | undefined;
  readonly byPeer: boolean;
  readonly evidence: Evidence;
}

/** The lives of a tunnel's CHILD_SAs: what is alive, and how the latest ones ended. */
export interface ChildLife {
  readonly children: readonly KnownChild[];
  /** Children that this host has asked for, and that are not installed yet. */
  readonly asked: readonly number[];
  /** IKEv1: the peer has just begun to rekey a child. */
  readonly peerRekeysAt: number | undefined;
  readonly rekeys: readonly ChildEnd[];
  readonly deletions: readonly ChildEnd[];
}

export const noChildLife: ChildLife = {
  children: [],
  asked: [],
  peerRekeysAt: undefined,
  rekeys: [],
  deletions: [],
};

const mostChildren = 64;
const mostEnds = 8;
const peerRekeyMs = 2000;

/** Applies a line of the log. `movedAt`: when the tunnel's counters last grew, where polled. */
export function nextChildLife(
  life: ChildLife,
  event: LogEvent,
  movedAt: number | undefined,
): ChildLife {
  switch (event.kind) {
    case 'child-establishing':
      return { ...life, asked: [...life.asked, event.id].slice(-mostChildren) };
    case 'child-established':
      return event.direction === 'outbound' ? life : withChild(life, event);
    case 'child-delete-received':
      return {
        ...life,
        children: life.children.map((child) =>
          child.spiIn === event.spi || child.spiOut === event.spi
            ? { ...child, deleteReceived: event.evidence }
            : child,
        ),
      };
    case 'child-closing':
      return withoutChild(life, event, movedAt);
    case 'note':
      return event.code === 'child.rekey_detected' ? { ...life, peerRekeysAt: event.at } : life;
    default:
      return life;
  }
}

function withChild(life: ChildLife, event: LogEvent & { kind: 'child-established' }): ChildLife {
  const { name, id, spiIn, spiOut, at, direction } = event;
  // Another source tells of it too.
  if (life.children.some((child) => child.id === id && child.spiIn === spiIn)) return life;
  // Only IKEv2 logs the two directions apart, and only of a rekeying; IKEv1 announces it.
  const isPeerRekey = life.peerRekeysAt !== undefined && at - life.peerRekeysAt <= peerRekeyMs;
  const byPeer = isPeerRekey || (direction === 'inbound' && !life.asked.includes(id));
  const others = life.children.filter((child) => child.id !== id);
  const child = {
    name: copyOf(name),
    id,
    spiIn: copyOf(spiIn),
    spiOut: copyOf(spiOut),
    at,
    byPeer,
    deleteReceived: undefined,
  };
  return {
    ...life,
    children: [...others, child].slice(-mostChildren),
    asked: life.asked.filter((one) => one !== id),
    peerRekeysAt: undefined,
  };
}

function withoutChild(
  life: ChildLife,
  event: LogEvent & { kind: 'child-closing' },
  movedAt: number | undefined,
): ChildLife {
  const child = life.children.find(({ name, id }) => name === event.name && id === event.id);
  if (child === undefined) return life;
  const rest = { ...life, children: life.children.filter((one) => one !== child) };
  // Of an expired one charon does not tell: it did not end for its traffic.
  const bytes = (event.bytesIn ?? 0) + (event.bytesOut ?? 0);
  const next = rest.children.find(({ name, at }) => name === child.name && at >= child.at);
  if (next !== undefined) {
    const { at, byPeer } = next;
    const end = { at, ageMs: at - child.at, bytes, idleMs: undefined, byPeer };
    return {
      ...rest,
      rekeys: [...life.rekeys, { ...end, evidence: event.evidence }].slice(-mostEnds),
    };
  }
  if (child.deleteReceived === undefined) return rest;
  const ageMs = event.at - child.at;
  const measured = movedAt === undefined ? undefined : Math.min(ageMs, event.at - movedAt);
  const idleMs = bytes === 0 ? ageMs : measured;
  const end = { at: event.at, ageMs, bytes, idleMs, byPeer: true, evidence: child.deleteReceived };
  return { ...rest, deletions: [...life.deletions, end].slice(-mostEnds) };
}
