import { copyOf } from '../events/copy-of.ts';
import type { LogEvent } from '../events/log-event.ts';
import type { ListedChildSa, ListedIkeSa } from '../events/security-associations.ts';

/** An IKE_SA as far as the tunnel machine cares. */
export interface IkeSa {
  readonly ikeId: number;
  readonly established: boolean;
  readonly initiator: boolean | undefined;
  readonly version: 1 | 2 | undefined;
  readonly establishedAt: number | undefined;
  readonly local: string | undefined;
  readonly localId: string | undefined;
  readonly remote: string | undefined;
  readonly remoteId: string | undefined;
}

/** An installed CHILD_SA; those that are being made or have been replaced are not kept. */
export interface ChildSa {
  readonly child: string;
  readonly childId: number;
  readonly ikeId: number | undefined;
  /** Stays the same across rekeys; only listings tell it. */
  readonly reqid?: number | undefined;
  readonly spiIn: string | undefined;
  readonly spiOut: string | undefined;
  readonly localTs: readonly string[];
  readonly remoteTs: readonly string[];
}

/** The SAs of one tunnel. Two of one name at a time are normal: rekeying, reauthentication. */
export interface SaSet {
  readonly ikeSas: readonly IkeSa[];
  readonly childSas: readonly ChildSa[];
}

export const noSas: SaSet = { ikeSas: [], childSas: [] };

/**
 * Copies are for memory: V8 cuts short strings out of a long one without copying, so that a name of
 * ten characters would keep the whole output of a command, or chunk of a log, alive. Those that were
 * known before are copies already.
 */
export function copyOfSas(sas: SaSet, known: SaSet): SaSet {
  const copies = new Set<IkeSa | ChildSa>([...known.ikeSas, ...known.childSas]);
  return {
    ikeSas: sas.ikeSas.map((sa) => (copies.has(sa) ? sa : copyOfIkeSa(sa))),
    childSas: sas.childSas.map((sa) => (copies.has(sa) ? sa : copyOfChildSa(sa))),
  };
}

function copyOfIkeSa(sa: IkeSa): IkeSa {
  return {
    ...sa,
    local: copyIfAny(sa.local),
    localId: copyIfAny(sa.localId),
    remote: copyIfAny(sa.remote),
    remoteId: copyIfAny(sa.remoteId),
  };
}

function copyOfChildSa(sa: ChildSa): ChildSa {
  return {
    ...sa,
    child: copyOf(sa.child),
    spiIn: copyIfAny(sa.spiIn),
    spiOut: copyIfAny(sa.spiOut),
    localTs: sa.localTs.map(copyOf),
    remoteTs: sa.remoteTs.map(copyOf),
  };
}

function copyIfAny(text: string | undefined): string | undefined {
  return text === undefined ? undefined : copyOf(text);
}

/** Log lines alone make a tunnel no more SAs than this; a listing may have more. */
const mostSas = 1024;

/** The SAs after a log line, the oldest left out where there are too many, and how many those are. */
export function boundedSas(before: SaSet, after: SaSet): { sas: SaSet; dropped: number } {
  const mostIkeSas = Math.max(mostSas, before.ikeSas.length);
  const mostChildSas = Math.max(mostSas, before.childSas.length);
  if (after.ikeSas.length <= mostIkeSas && after.childSas.length <= mostChildSas) {
    return { sas: after, dropped: 0 };
  }
  const ikeSas = after.ikeSas.slice(-mostIkeSas);
  const childSas = after.childSas.slice(-mostChildSas);
  const all = after.ikeSas.length + after.childSas.length;
  return { sas: { ikeSas, childSas }, dropped: all - ikeSas.length - childSas.length };
}

const unknownIkeSa = {
  established: false,
  initiator: undefined,
  version: undefined,
  establishedAt: undefined,
  local: undefined,
  localId: undefined,
  remote: undefined,
  remoteId: undefined,
} as const;

function withIkeSa(sas: SaSet, ikeId: number, change: Partial<IkeSa>): SaSet {
  const known = sas.ikeSas.find((sa) => sa.ikeId === ikeId) ?? { ikeId, ...unknownIkeSa };
  const others = sas.ikeSas.filter((sa) => sa.ikeId !== ikeId);
  return { ...sas, ikeSas: [...others, { ...known, ...change }] };
}

/** An IKE_SA that ends takes its children along: IKEv2 logs no line of their own for them. */
function withoutIkeSa(sas: SaSet, ikeId: number | undefined): SaSet {
  if (ikeId === undefined) return sas;
  return {
    ikeSas: sas.ikeSas.filter((sa) => sa.ikeId !== ikeId),
    childSas: sas.childSas.filter((sa) => sa.ikeId !== ikeId),
  };
}

/**
 * IKEv1 logs `closing CHILD_SA` for each child before it deletes an IKE_SA; a child that is left
 * then has moved to a newer IKE_SA (reauthentication), which no line says on the initiator.
 */
function withoutDeletedIkeSa(sas: SaSet, ikeId: number): SaSet {
  const isIkev1 = sas.ikeSas.some((sa) => sa.version === 1);
  const successor = sas.ikeSas.findLast((sa) => sa.established && sa.ikeId !== ikeId);
  if (!isIkev1 || successor === undefined) return withoutIkeSa(sas, ikeId);
  return withoutIkeSa(moveChildren(sas, ikeId, successor.ikeId), ikeId);
}

function moveChildren(sas: SaSet, from: number | undefined, to: number | undefined): SaSet {
  const childSas = sas.childSas.map((sa) => (sa.ikeId === from ? { ...sa, ikeId: to } : sa));
  return { ...sas, childSas };
}

/** Applies what a log line says to the SAs of the tunnel that it was attributed to. */
export function nextSas(sas: SaSet, event: LogEvent): SaSet {
  switch (event.kind) {
    case 'ike-initiating':
      return withIkeSa(sas, event.id, { initiator: true, version: event.version });
    case 'ike-established':
      return withIkeSa(sas, event.id, {
        established: true,
        establishedAt: event.at,
        local: event.local,
        localId: event.localId,
        remote: event.remote,
        remoteId: event.remoteId,
      });
    case 'ike-rekeyed': {
      const old = sas.ikeSas.find((sa) => sa.ikeId === event.ikeId) ?? unknownIkeSa;
      const established = { ...old, ikeId: event.id, established: true, establishedAt: event.at };
      return moveChildren(withIkeSa(sas, event.id, established), event.ikeId, event.id);
    }
    case 'ike-deleting':
      return withoutDeletedIkeSa(sas, event.id);
    case 'children-adopted':
      return event.ikeId === undefined
        ? sas
        : withIkeSa(sas, event.ikeId, { established: true, version: 1 });
    case 'gave-up':
      // On an IKE_SA that is still being made, `trying again` or `failed` follows and decides.
      return sas.ikeSas.some((sa) => sa.ikeId === event.ikeId && !sa.established)
        ? sas
        : withoutIkeSa(sas, event.ikeId);
    case 'ike-replaced':
    case 'ike-half-open-timeout':
    case 'establish-failed':
    case 'dpd-timeout':
      return withoutIkeSa(sas, event.ikeId);
    case 'child-established': {
      const others = sas.childSas.filter((sa) => !isChild(sa, event));
      const childSa = {
        child: event.name,
        childId: event.id,
        ikeId: event.ikeId,
        spiIn: event.spiIn,
        spiOut: event.spiOut,
        localTs: event.localTs,
        remoteTs: event.remoteTs,
      };
      return { ...sas, childSas: [...others, childSa] };
    }
    case 'child-closing':
      return { ...sas, childSas: sas.childSas.filter((sa) => !isChild(sa, event)) };
    case 'child-reported':
      return reportedChild(sas, event.child, event.up);
    case 'daemon':
      return event.change === 'stopping' ? sas : noSas;
    default:
      return sas;
  }
}

function isChild(sa: ChildSa, event: { readonly name: string; readonly id: number }): boolean {
  return sa.childId === event.id && sa.child === event.name;
}

/** Alerts of the firewall name the child but no ids: they fill in only where nobody else does. */
function reportedChild(sas: SaSet, child: string, up: boolean): SaSet {
  const others = sas.childSas.filter((sa) => sa.child !== child);
  if (!up) return { ...sas, childSas: others };
  if (others.length < sas.childSas.length) return sas;
  const unknown = { ikeId: undefined, spiIn: undefined, spiOut: undefined };
  const reported = { child, childId: 0, ...unknown, localTs: [], remoteTs: [] };
  return { ...sas, childSas: [...sas.childSas, reported] };
}

const liveIkeStates: ReadonlySet<string> = new Set(['ESTABLISHED', 'REKEYING', 'PASSIVE']);
const pendingIkeStates: ReadonlySet<string> = new Set(['CREATED', 'CONNECTING']);
const liveChildStates: ReadonlySet<string> = new Set(['INSTALLED', 'UPDATING', 'REKEYING']);

const endingIkeStates: ReadonlySet<string> = new Set(['DELETING', 'DESTROYING']);

/**
 * The SAs that a poll listed. REKEYED, DELETING and DELETED ones count no more, nor do children
 * whose IKE_SA is being deleted: charon lists them as INSTALLED until that is done.
 */
export function listedSas(
  known: SaSet,
  ikeSas: readonly ListedIkeSa[],
  childSas: readonly ListedChildSa[],
  at: number,
): SaSet {
  const ending = new Set(
    ikeSas.filter((sa) => endingIkeStates.has(sa.state)).map((sa) => sa.ikeId),
  );
  const isEnding = (ikeId: number | undefined): boolean => ikeId !== undefined && ending.has(ikeId);
  return {
    ikeSas: ikeSas
      .filter((sa) => liveIkeStates.has(sa.state) || pendingIkeStates.has(sa.state))
      .map((sa) => listedIkeSa(sa, known.ikeSas, at)),
    childSas: childSas
      .filter((sa) => liveChildStates.has(sa.state) && !isEnding(sa.ikeId))
      .map(({ child, childId, ikeId, reqid, spiIn, spiOut, localTs, remoteTs }) => {
        return { child, childId, ikeId, reqid, spiIn, spiOut, localTs, remoteTs };
      }),
  };
}

/** A listing tells the age only roughly (`2 hours ago`): the moment that is known already stays. */
function listedIkeSa(sa: ListedIkeSa, known: readonly IkeSa[], at: number): IkeSa {
  const { ikeId, initiator, version, local, localId, remote, remoteId } = sa;
  const before = known.find((one) => one.ikeId === ikeId && one.established);
  const age = sa.establishedSeconds;
  return {
    ikeId,
    established: liveIkeStates.has(sa.state),
    initiator,
    version,
    establishedAt: before?.establishedAt ?? (age === undefined ? undefined : at - age * 1000),
    local,
    localId,
    remote,
    remoteId,
  };
}
