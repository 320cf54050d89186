import { copyOf } from './copy-of.ts';

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

/** Without one of these words, which is told in half of the time, there is nothing named. */
const naming = /psk|secret|pass(?:phrase|word)/i;

/** Control and format characters (bidi marks among them) and the two Unicode line separators. */
const unsafe = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
const plain = /^[ -~]*$/;

/** Most lines have no place for a dump or a key, which is told in a tenth of the time. */
function withoutSecrets(text: string): string {
  const dumped = mayHoldDump(text) ? text.replace(dump, ' (memory dump removed)') : text;
  const known = mayHoldKey(dumped) ? dumped.replace(longHex, '(hexadecimal removed)') : dumped;
  return naming.test(known) ? known.replace(named, '$1$2(removed)') : known;
}

/** A dump has a digit, a colon and a blank. */
function mayHoldDump(text: string): boolean {
  for (let colon = text.indexOf(': '); colon !== -1; colon = text.indexOf(': ', colon + 1)) {
    const digit = text.charCodeAt(colon - 1) - 48;
    if (digit >= 0 && digit <= 9) return true;
  }
  return false;
}

/** A key has at least so many digits, or digits and separators, in a row. */
const shortestKey = 32;

/** A row that long has one of the characters looked at in it. */
function mayHoldKey(text: string): boolean {
  for (let at = shortestKey - 1; at < text.length; at += shortestKey) {
    let first = at;
    while (first >= 0 && isOfKey(text.charCodeAt(first))) first -= 1;
    let end = at;
    while (end < text.length && isOfKey(text.charCodeAt(end))) end += 1;
    if (end - first > shortestKey) return true;
  }
  return false;
}

function isOfKey(code: number): boolean {
  return ofKeys[code] === 1;
}

/** Hexadecimal digits, blank and colon. */
const ofKeys = Uint8Array.from({ length: 128 }, (_, code) =>
  /[0-9a-f :]/i.test(String.fromCharCode(code)) ? 1 : 0,
);

/**
 * Makes text from outside safe to store and show: no control characters, bounded length, nothing
 * that has the form of a key or stands where a secret does; a copy of its own.
 */
export function evidenceText(raw: string): string {
  const cut = raw.length > limit ? `${raw.slice(0, limit - 1).replace(cutKey, '')}…` : raw;
  const text = withoutSecrets(cut);
  return copyOf(plain.test(text) ? text : text.replace(unsafe, '\uFFFD'));
}
