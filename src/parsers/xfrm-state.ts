import type { XfrmState } from '../events/security-associations.ts';
import {
  type Fields,
  type XfrmRecord,
  fieldsOf,
  numberOf,
  parseXfrmRecords,
  spiOf,
} from './xfrm-records.ts';

/** What `ip xfrm state` printed. Keys are in none of it. */
export interface XfrmStates {
  readonly states: readonly XfrmState[];
  /** Lines outside a record and records that are none: with no states, this was something else. */
  readonly unknownLines: number;
}

/**
 * `ip [-s] [-o] xfrm state [list nokeys]`. Larval states have no algorithms: those that wait for
 * an answer to an acquire with SPI 00000000, those of a negotiation with the SPI that was allocated.
 */
export function parseXfrmStates(text: string): XfrmStates {
  const { records, strayLines } = parseXfrmRecords(text);
  const states = records.map(parseState).filter((state) => state !== undefined);
  return { states, unknownLines: strayLines + records.length - states.length };
}

type Draft = { -readonly [Key in keyof XfrmState]: XfrmState[Key] };

function parseState({ head, lines }: XfrmRecord): XfrmState | undefined {
  const ends = fieldsOf(head);
  const src = ends.get('src');
  const dst = ends.get('dst');
  const identity = fieldsOf(lines.find((line) => line.startsWith('proto ')) ?? '');
  const protocol = identity.get('proto');
  const reqid = numberOf(identity, 'reqid');
  const mode = identity.get('mode');
  if (!src || !dst || !protocol || reqid === undefined || !mode) return undefined;
  const state: Draft = {
    src,
    dst,
    protocol,
    spi: spiOf(identity) ?? '00000000',
    reqid,
    mode,
    ifId: undefined,
    mark: undefined,
    encryption: undefined,
    integrity: undefined,
    udpEncapsulation: false,
    bytes: undefined,
    packets: undefined,
    sequenceIn: undefined,
    sequenceOut: undefined,
    replayWindowErrors: undefined,
    replayErrors: undefined,
    integrityErrors: undefined,
    addedAt: undefined,
  };
  for (const line of lines) readDetail(state, line);
  return state;
}

function readDetail(state: Draft, line: string): void {
  const keyword = line.slice(0, line.indexOf(' '));
  switch (keyword) {
    case 'auth':
    case 'auth-trunc': // Only the name is left of these lines.
      state.integrity = line.slice(keyword.length + 1);
      return;
    case 'enc':
    case 'aead':
      state.encryption = line.slice(keyword.length + 1);
      return;
    case 'encap': // `encap type espinudp sport …`; espintcp is the other one.
      state.udpEncapsulation = line.startsWith('encap type espinudp');
      return;
    case 'mark':
      state.mark = fieldsOf(line).get('mark');
      return;
    case 'if_id':
      state.ifId = numberOf(fieldsOf(line), 'if_id');
      return;
    case 'anti-replay':
    case 'seq-hi': // With extended sequence numbers the values are on a line of their own.
      readSequence(state, fieldsOf(line));
      return;
    case 'replay-window': // The SA's settings; and a line below `stats:`, which has `failed`.
      if (line.includes(' failed ')) readErrors(state, fieldsOf(line));
      return;
    case 'add':
      state.addedAt = line.slice('add '.length, line.indexOf(' use '));
      return;
    default:
      readCurrent(state, line);
  }
}

function readSequence(state: Draft, fields: Fields): void {
  state.sequenceIn = sequenceOf(fields, 'seq');
  state.sequenceOut = sequenceOf(fields, 'oseq');
}

function sequenceOf(fields: Fields, name: 'seq' | 'oseq'): number | undefined {
  const low = numberOf(fields, name);
  return low === undefined ? undefined : (numberOf(fields, `${name}-hi`) ?? 0) * 2 ** 32 + low;
}

function readErrors(state: Draft, fields: Fields): void {
  state.replayWindowErrors = numberOf(fields, 'replay-window');
  state.replayErrors = numberOf(fields, 'replay');
  state.integrityErrors = numberOf(fields, 'failed');
}

function readCurrent(state: Draft, line: string): void {
  const current = /^(\d+)\(bytes\), (\d+)\(packets\)$/.exec(line);
  if (!current) return;
  state.bytes = Number(current[1]);
  state.packets = Number(current[2]);
}
