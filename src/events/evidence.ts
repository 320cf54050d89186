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

/** A line of a memory dump, which charon prints at level 3 and 4, keys among them: `  16: 5C 0A …  \n`. */
const dump = /(?<=^|[\]>])\s*\d{1,9}: (?:[0-9A-F]{2} )+.*/s;
/** What is long enough for a key, in hexadecimal. */
const longHex = /(?:0x)?[0-9a-f]{32,}|(?:[0-9a-f]{2}[ :]){15,}[0-9a-f]{2}/gi;
/** What may be the beginning of a key, where a text was cut. */
const cutKey = /(?:[0-9a-f]{2}[ :]?){4,}[0-9a-f]?$/i;
/** What stands behind a word for a secret: `PSK "…"`, `password=…`. */
const named =
  /\b(psk|secret|passphrase|password)(\s*[=:]\s*(?!>)|\s+(?=["']))("[^"]*"?|'[^']*'?|\S+)/gi;

function withoutSecrets(text: string): string {
  return text
    .replace(dump, ' (memory dump removed)')
    .replace(longHex, '(hexadecimal removed)')
    .replace(named, '$1$2(removed)');
}

/**
 * Makes text from outside safe to store and show: no control characters, bounded length, nothing
 * that has the form of a key or stands where a secret does. It is
 * a copy: V8 cuts strings out of longer ones without copying, and what is kept as evidence would
 * keep a whole chunk of a log in memory.
 */
export function evidenceText(raw: string): string {
  const cut = raw.length > limit ? `${raw.slice(0, limit - 1).replace(cutKey, '')}…` : raw;
  // Control and format characters (bidi marks among them) and the two Unicode line separators.
  return ` ${withoutSecrets(cut).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD')}`.slice(1);
}
