import type { Matchers } from '../parsers/catalogue.ts';
import { type FileKind, createLogParser } from '../parsers/charon-log.ts';
import { createLineSplitter } from '../parsers/lines.ts';
import type { KnownLine } from '../parsers/log-events.ts';
import type { PackedLines } from './packed-lines.ts';

/** A line that no pattern knows, as it stands in its file. */
export interface UnknownLine {
  readonly file: string;
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
  /** Without time stamp and prefix. */
  readonly message: string;
}

/** How many lines were understood, and what time they span, milliseconds since the epoch. */
export interface LogCounts {
  readonly matched: number;
  readonly ignored: number;
  readonly unknown: number;
  readonly from: number | undefined;
  readonly until: number | undefined;
}

/** What the lines say that a piece of a log completes. */
export interface ParsedPiece {
  readonly known: readonly KnownLine[];
  readonly counts: LogCounts;
}

/** Takes the pieces of a log in their order, as characters that stand for bytes; none at its end. */
export type PieceParser = (piece: string | undefined) => ParsedPiece;

/** What has to be known of a log to parse it. */
export interface LogDescription {
  readonly name: string;
  readonly kind: FileKind;
  /** When it was last written, milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** IANA name of the zone whose time its stamps are in. */
  readonly zone: string;
}

/** What another thread makes of a piece. */
export interface PieceAnswer {
  readonly packed: PackedLines;
  readonly counts: LogCounts;
}

/** A piece of one of several logs, for another thread to parse. */
export interface PieceQuestion {
  readonly log: number;
  readonly description: LogDescription;
  readonly piece: string | undefined;
}

/** Longer lines are cut: nothing that charon writes is. */
const longestLine = 16_384;

/** Parses one log; `onUnknown` is told of each line that no pattern knows. */
export function createPieceParser(
  { name: file, kind, modifiedAt: readAt, zone }: LogDescription,
  matchers: Matchers,
  onUnknown: ((line: UnknownLine) => void) | undefined,
): PieceParser {
  const parser = createLogParser({ kind, zone, matchers });
  const splitter = createLineSplitter(longestLine);
  let number = 0;
  return (piece) => {
    const counts = { matched: 0, ignored: 0, unknown: 0 };
    let from = Number.POSITIVE_INFINITY;
    let until = Number.NEGATIVE_INFINITY;
    const known: KnownLine[] = [];
    for (const text of piece === undefined ? splitter.flush() : splitter.push(piece)) {
      number += 1;
      const line = parser.read(text, { file, line: number, readAt });
      const { result, at, message } = line;
      counts[result] += 1;
      if (at < from) from = at;
      if (at > until) until = at;
      if (line.known !== undefined) known.push(line.known);
      else if (result === 'unknown') onUnknown?.({ file, number, text, message });
    }
    const span = from > until ? { from: undefined, until: undefined } : { from, until };
    return { known, counts: { ...counts, ...span } };
  };
}
