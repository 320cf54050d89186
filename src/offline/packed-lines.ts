import type { FromLog } from '../events/log-event.ts';
import type { KnownLine } from '../parsers/log-events.ts';
import type { Match } from '../parsers/matcher.ts';

/**
 * Lines of one log on their way from one thread to another: as objects they would take longer to copy
 * than to parse.
 */
export interface PackedLines {
  /** Of each line: at, latest, stamp, line, connection, ikeId, peerAddress, match. */
  readonly lines: Float64Array;
  /** Of each match: code, number of fields, and of each of these its name and what it holds. */
  readonly matches: Float64Array;
  /** The text of each line. */
  readonly texts: readonly string[];
  /** What stands as a number in the place of a text. */
  readonly names: readonly string[];
}

/** Stands for what is missing. */
const nothing = -1;

/** Numbers of a line. */
const width = 8;

/** Gives each thing a number, and keeps them in the order of these. */
class Numbers<T> {
  readonly #numbers = new Map<T, number>();

  get all(): readonly T[] {
    return [...this.#numbers.keys()];
  }

  of(thing: T | undefined): number {
    if (thing === undefined) return nothing;
    const known = this.#numbers.get(thing);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(thing, number);
    return number;
  }
}

/** Packs lines of one log, in their order. */
export function packLines(known: readonly KnownLine[]): PackedLines {
  const lines = new Float64Array(known.length * width);
  const names = new Numbers<string>();
  const matches = new Numbers<Match>();
  let index = 0;
  for (const { from, match } of known) {
    const { evidence } = from;
    lines[index] = from.at;
    lines[index + 1] = from.latest;
    lines[index + 2] = evidence.at;
    lines[index + 3] = evidence.line ?? nothing;
    lines[index + 4] = names.of(from.connection);
    lines[index + 5] = from.ikeId ?? nothing;
    lines[index + 6] = names.of(from.peerAddress);
    lines[index + 7] = matches.of(match);
    index += width;
  }
  const packed = packMatches(matches.all, names);
  const texts = known.map(({ from }) => from.evidence.text);
  return { lines, matches: packed, texts, names: names.all };
}

function packMatches(matches: readonly Match[], names: Numbers<string>): Float64Array {
  const packed: number[] = [];
  for (const { code, fields } of matches) {
    const ofFields = Object.keys(fields);
    packed.push(names.of(code), ofFields.length);
    for (const name of ofFields) packed.push(names.of(name), names.of(fields[name]));
  }
  return new Float64Array(packed);
}

/** The lines again; `source` is the name of their log. */
export function unpackLines(packed: PackedLines, source: string): readonly KnownLine[] {
  const { lines, texts, names } = packed;
  const matches = unpackMatches(packed);
  return texts.map((text, number) => {
    const index = number * width;
    const ikeId = lines[index + 5]!;
    const match = matches[lines[index + 7]!]!;
    const from: FromLog = {
      at: lines[index]!,
      latest: lines[index + 1]!,
      connection: names[lines[index + 4]!],
      ikeId: ikeId === nothing ? undefined : ikeId,
      peerAddress: names[lines[index + 6]!],
      code: match.code,
      evidence: { source, line: lines[index + 3]!, at: lines[index + 2]!, text },
    };
    return { from, match };
  });
}

function unpackMatches({ matches, names }: PackedLines): readonly Match[] {
  const unpacked: Match[] = [];
  let index = 0;
  while (index < matches.length) {
    const code = names[matches[index]!]!;
    const fields: Record<string, string> = {};
    const end = index + 2 + 2 * matches[index + 1]!;
    for (index += 2; index < end; index += 2) {
      fields[names[matches[index]!]!] = names[matches[index + 1]!]!;
    }
    unpacked.push({ code, ignored: false, fields });
  }
  return unpacked;
}
