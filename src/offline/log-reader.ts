import type { LogEvent } from '../events/log-event.ts';
import type { FileKind, LogParser } from '../parsers/charon-log.ts';
import { createLineSplitter } from '../parsers/lines.ts';
import { type Bytes, InputError } from './bytes.ts';
import type { Problem } from './inputs.ts';

/** How many lines were understood, and what time they span, milliseconds since the epoch. */
export interface LogCounts {
  readonly matched: number;
  readonly ignored: number;
  readonly unknown: number;
  readonly from: number | undefined;
  readonly until: number | undefined;
}

/** A line that no pattern knows, as it stands in its file. */
export interface UnknownLine {
  readonly file: string;
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
  /** Without time stamp and prefix. */
  readonly message: string;
}

interface LogReaderOptions {
  readonly name: string;
  readonly kind: FileKind;
  /** Milliseconds since the epoch: when the file was last written, and the first moment in it. */
  readonly modifiedAt: number;
  readonly startsAt: number;
  readonly bytes: Bytes;
  readonly parser: LogParser;
  readonly onUnknown: ((line: UnknownLine) => void) | undefined;
}

/** Longer lines are cut: nothing that charon writes is. */
const longestLine = 16_384;

/** Reads one log from its beginning to its end, or to where it is damaged. */
export class LogReader {
  readonly #options: LogReaderOptions;
  readonly #counts = { matched: 0, ignored: 0, unknown: 0 };
  #from = Number.POSITIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;
  #lines = 0;
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
    return this.#lines;
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
    const splitter = createLineSplitter(longestLine);
    try {
      for await (const piece of this.#options.bytes.read(0)) {
        yield this.#parse(splitter.push(piece));
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#problem = { name: this.name, detail: error.message, isSkipped: false };
    }
    yield this.#parse(splitter.flush());
  }

  async readAll(): Promise<void> {
    for await (const _ of this.read());
  }

  #parse(lines: readonly string[]): readonly LogEvent[] {
    const { name, modifiedAt, parser, onUnknown } = this.#options;
    const events: LogEvent[] = [];
    for (const text of lines) {
      this.#lines += 1;
      const parsed = parser.parse(text, { file: name, line: this.#lines, readAt: modifiedAt });
      this.#counts[parsed.result] += 1;
      if (parsed.at < this.#from) this.#from = parsed.at;
      if (parsed.at > this.#until) this.#until = parsed.at;
      if (parsed.event !== undefined) events.push(parsed.event);
      else if (parsed.result === 'unknown') {
        onUnknown?.({ file: name, number: this.#lines, text, message: parsed.message });
      }
    }
    return events;
  }
}
