import { type Evidence, evidenceText } from '../events/evidence.ts';
import type { FromLog, LogEvent } from '../events/log-event.ts';
import type { Family, Matchers } from './catalogue.ts';
import { type KnownLine, toEvent } from './log-events.ts';
import { type LogPrefix, parsePrefix } from './log-prefix.ts';
import { PacketPeers } from './packet-peers.ts';
import type { Match } from './matcher.ts';
import { type SophosRecord, parseSophosRecord, readSophosMessage } from './sophos-record.ts';
import type { Stamp } from './stamp.ts';
import { createStampReader } from './timestamp.ts';

/** What a file is said to hold. Lines that prove to be of another kind are taken as that. */
export type FileKind = 'charon' | 'monitor' | 'dgd' | 'syslog';

export interface LogParserOptions {
  readonly kind: FileKind;
  /** IANA name of the zone whose time the file's stamps are in. */
  readonly zone: string;
  readonly matchers: Matchers;
}

/** Where a line comes from. */
interface LineContext {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** When it was read, or the file last written, milliseconds since the epoch. */
  readonly readAt: number;
}

interface Line {
  readonly result: 'matched' | 'ignored' | 'unknown';
  readonly at: number;
  /** Without time stamp and prefix. */
  readonly message: string;
}

interface ReadLine extends Line {
  /** Set when the line was matched. */
  readonly known: KnownLine | undefined;
}

export interface ParsedLine extends Line {
  /** Set when the line was matched. */
  readonly event: LogEvent | undefined;
}

/** Reads the lines of one file, in their order. */
export interface LogParser {
  readonly read: (line: string, context: LineContext) => ReadLine;
  /** Reads a line, and says what it stands for. */
  readonly parse: (line: string, context: LineContext) => ParsedLine;
}

/** What was found in a line. */
interface Finding {
  readonly message: string;
  readonly match: Match | undefined;
  readonly connection: string | undefined;
}

/** For lines without charon's prefix. */
const familyOf: Readonly<Record<FileKind, Family>> = {
  charon: 'charon',
  syslog: 'charon',
  monitor: 'monitor',
  dgd: 'gateway',
};

const nothing: Match = { code: '', ignored: true, fields: {} };

export function createLogParser({ kind, zone, matchers }: LogParserOptions): LogParser {
  const reader = createStampReader(zone);
  const family = familyOf[kind];
  const peers = new PacketPeers();
  let previous: number | undefined;
  let lagMs = 0;

  /**
   * A line without a stamp follows the one before: it is taken to lag behind its reading as much
   * as that one did, so that it is now in a file that grows, and then in one read later.
   */
  function timeOf(stamp: Stamp | undefined, readAt: number): number {
    if (stamp === undefined) return readAt - lagMs;
    previous = reader.resolve(stamp, { previous, reference: readAt });
    lagMs = Math.max(0, readAt - previous);
    return previous;
  }

  function find(prefix: LogPrefix, record: SophosRecord | undefined): Finding {
    if (record !== undefined) return findInRecord(record, matchers);
    const { message, group, connection } = prefix;
    if (message === '') return { message, match: nothing, connection };
    const isCharon = group !== undefined;
    const match = matchers[isCharon ? 'charon' : family].match(message, group);
    const maySophos = match === undefined && !isCharon && family === 'charon';
    return maySophos ? findSophos(message, matchers) : { message, match, connection };
  }

  function read(line: string, { file, line: number, readAt }: LineContext): ReadLine {
    const prefix = parsePrefix(line, reader);
    const record = prefix.group === undefined ? parseSophosRecord(line) : undefined;
    const stamp = record?.stamp ?? prefix.stamp;
    const at = timeOf(stamp, readAt);
    const { message, match, connection } = find(prefix, record);
    if (match === undefined) return { result: 'unknown', at, message, known: undefined };
    if (match.ignored) {
      peers.note(prefix.thread, match, at);
      return { result: 'ignored', at, message, known: undefined };
    }
    const peerAddress = connection === undefined ? peers.of(prefix.thread, at) : undefined;
    const resolutionMs = stamp?.resolutionMs ?? 1;
    // Read within the resolution of its stamp, it has just been written: now is more exact.
    const isFresh = readAt - at < resolutionMs;
    const happenedAt = isFresh ? Math.max(at, readAt) : at;
    const evidence: Evidence = { source: file, line: number, at, text: evidenceText(line) };
    const from: FromLog = {
      at: happenedAt,
      latest: isFresh ? happenedAt : at + resolutionMs - 1,
      connection,
      ikeId: prefix.ikeId,
      peerAddress,
      code: match.code,
      evidence,
    };
    return { result: 'matched', at, message, known: { from, match } };
  }

  return {
    read,
    parse: (line, context) => {
      const { result, at, message, known } = read(line, context);
      return { result, at, message, event: known && toEvent(known) };
    },
  };
}

/** Events of components that have nothing to do with tunnels are understood and dropped. */
function findInRecord(record: SophosRecord, matchers: Matchers): Finding {
  const { component, message } = record;
  const connection = record.connection === '' ? undefined : record.connection;
  if (component.startsWith('ipsec')) {
    const found = findSophos(message, matchers);
    const match = found.match ?? matchers.gateway.match(message, undefined);
    return { message, match, connection: connection ?? found.connection };
  }
  const isGateway = component === 'gateway' || component === 'interface';
  const match = isGateway ? matchers.gateway.match(message, undefined) : nothing;
  return { message, match, connection };
}

function findSophos(message: string, { record }: Matchers): Finding {
  for (const { connection, text } of readSophosMessage(message)) {
    const match = record.match(text, undefined);
    if (match !== undefined) return { message, match, connection };
  }
  return { message, match: undefined, connection: undefined };
}
