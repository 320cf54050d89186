import type { ListedChildSa, ListedIkeSa } from '../events/security-associations.ts';
import { isChildState, isIkeState } from './sa-states.ts';
import { parseSelectors } from './statusall-selectors.ts';

// What charon prints about SAs carries identities that a peer has chosen; they can hold everything
// but control characters. Two rules keep an identity from passing for an SA of its own: a line is
// known by the *first* marker (`[n]: ` or `{n}:  `) that a known form follows, and what stands
// before that marker is the name, which comes from the configuration.

type Draft<Sa> = { -readonly [Key in keyof Sa]: Sa[Key] };

/** The SA that the lines at hand belong to. `start` is how its further lines begin. */
interface Current<Sa> {
  readonly start: string;
  readonly sa: Draft<Sa>;
}

interface Reading {
  readonly ikeSas: Draft<ListedIkeSa>[];
  readonly childSas: Draft<ListedChildSa>[];
  ike: Current<ListedIkeSa> | undefined;
  child: Current<ListedChildSa> | undefined;
}

/** The sections `Security Associations` and, where no IKE_SA heads a child, `Routed Connections`. */
export function parseListedSas(lines: readonly string[]): {
  readonly ikeSas: readonly ListedIkeSa[];
  readonly childSas: readonly ListedChildSa[];
  readonly unknownLines: number;
} {
  const reading: Reading = { ikeSas: [], childSas: [], ike: undefined, child: undefined };
  let unknownLines = 0;
  for (const line of lines) {
    const text = line.trimStart();
    if (text !== 'none' && text !== 'no match' && !readLine(reading, text)) unknownLines += 1;
  }
  return { ikeSas: reading.ikeSas, childSas: reading.childSas, unknownLines };
}

function readLine(reading: Reading, text: string): boolean {
  const { ike, child } = reading;
  if (ike && text.startsWith(ike.start)) return readIkeDetail(ike.sa, text.slice(ike.start.length));
  if (child && text.startsWith(child.start)) {
    // Before 5.3.0 `{n}` was the reqid: the next child may have the name and number of this one.
    if (readChildDetail(child.sa, text.slice(child.start.length))) return true;
  }
  return openSa(reading, text);
}

const marker = /\[(\d{1,10})\]: |\{(\d{1,10})\}: {2}/g;
// A state that charon has no name for is printed as its number: `(12)`.
const ikeForm =
  /(?:[A-Z]{1,20}|\(\d{1,10}\))(?: \d{1,10} [a-z]{1,10} ago)?, |IKEv|IKE proposal: |Remote |Tasks /y;
const childForm = /(?:[A-Z]{1,20}|\(\d{1,10}\)), [A-Z_]{1,20}(?:,|$)/y;

/** The first line of an SA. */
function openSa(reading: Reading, text: string): boolean {
  for (const found of text.matchAll(marker)) {
    const [mark, ikeId, childId] = found;
    const tailAt = found.index + mark.length;
    const form = ikeId === undefined ? childForm : ikeForm;
    form.lastIndex = tailAt;
    if (!form.test(text)) continue;
    const name = text.slice(0, found.index);
    const start = text.slice(0, tailAt);
    const tail = text.slice(tailAt);
    reading.child = undefined;
    if (ikeId !== undefined) {
      // Without a first line that is understood, the children below belong to nobody known.
      const sa = parseIkeSa(name, Number(ikeId), tail);
      reading.ike = sa && { start, sa };
      if (sa) reading.ikeSas.push(sa);
      return sa !== undefined;
    }
    const sa = parseChildSa(name, Number(childId), tail, reading.ike?.sa);
    reading.child = sa && { start, sa };
    if (sa) reading.childSas.push(sa);
    return sa !== undefined;
  }
  reading.ike = undefined;
  reading.child = undefined;
  return false;
}

/** `STATE[ N minutes ago], HOST[ID]...HOST[ID]` */
function parseIkeSa(name: string, ikeId: number, text: string): Draft<ListedIkeSa> | undefined {
  const found = /^([A-Z]+)(?: (\d+) (second|minute|hour|day)s? ago)?, ([^\s[\]]{1,64})\[/.exec(
    text,
  );
  const [head = '', state, count, unit, local] = found ?? [];
  const ends = parseEnds(text.slice(head.length));
  if (!isIkeState(state) || local === undefined || !ends) return undefined;
  return {
    // charon's own placeholder: no configuration is selected yet.
    connection: name === '(unnamed)' ? undefined : name,
    ikeId,
    state,
    version: undefined,
    initiator: undefined,
    local,
    ...ends,
    establishedSeconds: durationSeconds(count, unit),
  };
}

const secondsOf: ReadonlyMap<string | undefined, number> = new Map([
  ['second', 1],
  ['minute', 60],
  ['hour', 3600],
  ['day', 86_400],
]);

/** `2 hours`: a whole number of one unit, so the longer it is, the coarser. */
function durationSeconds(count: string | undefined, unit: string | undefined): number | undefined {
  const length = secondsOf.get(unit);
  return length === undefined ? undefined : Number(count) * length;
}

const between = /\]\.\.\.([0-9A-Fa-f:.]{2,45}|%any6?)\[/g;

/**
 * `ID]...HOST[ID]`. Where the text can be cut in two places, one of the identities was made to look
 * like that, and it cannot be known which: then neither an identity nor an address is taken from
 * it. (As a responder without a configured identity charon takes its own from the peer, too.)
 */
function parseEnds(text: string): Pick<ListedIkeSa, 'localId' | 'remote' | 'remoteId'> | undefined {
  const [cut, second] = text.matchAll(between);
  const remote = cut?.[1];
  if (cut === undefined || remote === undefined || !text.endsWith(']')) return undefined;
  if (second) return { localId: undefined, remote: '%any', remoteId: undefined };
  return {
    localId: knownId(text.slice(0, cut.index)),
    remote,
    remoteId: knownId(text.slice(cut.index + cut[0].length, -1)),
  };
}

/** `%any` stands for an identity that is not known yet. */
function knownId(id: string): string | undefined {
  return id === '%any' ? undefined : id;
}

/** A further line of an IKE_SA; false when it is none that is known. */
function readIkeDetail(sa: Draft<ListedIkeSa>, text: string): boolean {
  const spis = /^IKEv(1\/2|1|2) SPIs: [0-9a-f]{16}_i(\*?) [0-9a-f]{16}_r\*?/.exec(text);
  if (spis) {
    const [, version, ours] = spis;
    sa.version = version === '1' ? 1 : version === '2' ? 2 : undefined;
    sa.initiator = ours === '*';
    return true;
  }
  return /^(?:IKE proposal|Remote (?:EAP|XAuth) identity|Tasks (?:queued|active|passive)):/.test(
    text,
  );
}

/** `STATE, MODE[, reqid N][, ESP|AH[ in UDP] SPIs: I_i O_o][, …]` */
function parseChildSa(
  name: string,
  childId: number,
  text: string,
  ike: ListedIkeSa | undefined,
): Draft<ListedChildSa> | undefined {
  const [, state, reqid, spiIn, spiOut] =
    /^([A-Z]+), [A-Z_]+(?:, reqid (\d+))?(?:, (?:ESP|AH)(?: in UDP)? SPIs: ([0-9a-f]{8})_i ([0-9a-f]{8})_o)?/.exec(
      text,
    ) ?? [];
  if (!isChildState(state)) return undefined;
  return {
    child: name,
    childId,
    ikeId: ike?.ikeId,
    connection: ike?.connection,
    state,
    reqid: numberOf(reqid),
    spiIn,
    spiOut,
    localTs: [],
    remoteTs: [],
    bytesIn: undefined,
    bytesOut: undefined,
    packetsIn: undefined,
    packetsOut: undefined,
  };
}

const counters =
  /^[^,]*, (\d+) bytes_i(?: \((\d+) pkts?, \d+s ago\))?, (\d+) bytes_o(?: \((\d+) pkts?, \d+s ago\))?/;

/** A further line of a CHILD_SA; false when it is none that is known. */
function readChildDetail(sa: Draft<ListedChildSa>, text: string): boolean {
  const counted = counters.exec(text);
  if (counted) {
    sa.bytesIn = numberOf(counted[1]);
    sa.packetsIn = numberOf(counted[2]);
    sa.bytesOut = numberOf(counted[3]);
    sa.packetsOut = numberOf(counted[4]);
    return true;
  }
  const selectors = text.startsWith(' ') ? parseSelectors(text) : undefined;
  if (!selectors) return false;
  sa.localTs = selectors.localTs;
  sa.remoteTs = selectors.remoteTs;
  return true;
}

function numberOf(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}
