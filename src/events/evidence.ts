/** What a statement rests on, verbatim: one line of a log, or an excerpt of a command's output. */
export interface Evidence {
  /** Path of the log file, or the name of the polled source (`statusall`, `interfaces` …). */
  readonly source: string;
  /** Line of the file, counted from 1; absent for commands. */
  readonly line?: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** At most 1,024 characters, control characters replaced. */
  readonly text: string;
}

const limit = 1024;

/**
 * Makes text from outside safe to store and show: no control characters, bounded length. It is
 * a copy: V8 cuts strings out of longer ones without copying, and what is kept as evidence would
 * keep a whole chunk of a log in memory.
 */
export function evidenceText(raw: string): string {
  const cut = raw.length > limit ? `${raw.slice(0, limit - 1)}…` : raw;
  // Control and format characters (bidi marks among them) and the two Unicode line separators.
  return ` ${cut.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD')}`.slice(1);
}
