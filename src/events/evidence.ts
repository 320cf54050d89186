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

/** Makes text from outside safe to store and show: no control characters, bounded length. */
export function evidenceText(raw: string): string {
  const cut = raw.length > limit ? `${raw.slice(0, limit - 1)}…` : raw;
  // eslint-disable-next-line no-control-regex
  return cut.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    '\uFFFD',
  );
}
