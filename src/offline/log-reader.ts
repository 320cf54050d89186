import type { LogEvent } from '../events/log-event.ts';
import type { FileKind } from '../parsers/charon-log.ts';
import { toEvent } from '../parsers/log-events.ts';
import { type Bytes, InputError } from './bytes.ts';
import type { Problem } from './inputs.ts';
import type { LogCounts, ParsedPiece, PieceParser } from './piece-parser.ts';

interface LogReaderOptions {
  readonly name: string;
  readonly kind: FileKind;
  /** The first moment in it, milliseconds since the epoch. */
  readonly startsAt: number;
  readonly bytes: Bytes;
  readonly parse: (...piece: Parameters<PieceParser>) => ParsedPiece | Promise<ParsedPiece>;
  /** So many pieces are given to `parse` before anything is made of the first. */
  readonly piecesAhead: number;
}

/** Reads one log from its beginning to its end, or to where it is damaged. */
export class LogReader {
  readonly #options: LogReaderOptions;
  readonly #counts = { matched: 0, ignored: 0, unknown: 0 };
  #from = Number.POSITIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;
  #problem: Problem | undefined;

  constructor(options: LogReaderOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  get kind(): FileKind {
    return this.#options.kind;
  }

  get startsAt(): number {
    return this.#options.startsAt;
  }

  /** Read so far. */
  get lines(): number {
    const { matched, ignored, unknown } = this.#counts;
    return matched + ignored + unknown;
  }

  /** Why it was not read to its end. */
  get problem(): Problem | undefined {
    return this.#problem;
  }

  /** Of what has been read so far. */
  get counts(): LogCounts {
    const isEmpty = this.#from > this.#until;
    return {
      ...this.#counts,
      from: isEmpty ? undefined : this.#from,
      until: isEmpty ? undefined : this.#until,
    };
  }

  /** The events of one piece of the file after another. */
  async *read(): AsyncGenerator<readonly LogEvent[]> {
    const { name, bytes, parse, piecesAhead } = this.#options;
    const ahead: (ParsedPiece | Promise<ParsedPiece>)[] = [];
    try {
      for await (const piece of bytes.read(0)) {
        ahead.push(parse(piece));
        if (ahead.length > piecesAhead) yield this.#take(await ahead.shift()!);
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#problem = { name, detail: error.message, isSkipped: false };
    }
    ahead.push(parse(undefined));
    for (const parsed of ahead) yield this.#take(await parsed);
  }

  async readAll(): Promise<void> {
    for await (const _ of this.read());
  }

  #take({ known, counts }: ParsedPiece): readonly LogEvent[] {
    this.#counts.matched += counts.matched;
    this.#counts.ignored += counts.ignored;
    this.#counts.unknown += counts.unknown;
    if (counts.from !== undefined && counts.from < this.#from) this.#from = counts.from;
    if (counts.until !== undefined && counts.until > this.#until) this.#until = counts.until;
    return known.map(toEvent);
  }
}
