import { parseJsonLine } from './json-line.ts';
import type { Stamp } from './stamp.ts';
import type { StampReader } from './timestamp.ts';

/** A line of a log taken apart. */
export interface LogPrefix {
  readonly stamp: Stamp | undefined;
  readonly thread: number | undefined;
  /** Set on every line of charon, and on no other. */
  readonly group: string | undefined;
  readonly level: number | undefined;
  /** The IKE configuration's name and the IKE_SA's unique id, from `<name|id>`. */
  readonly connection: string | undefined;
  readonly ikeId: number | undefined;
  readonly message: string;
}

/** Where something ends in the line, and what it says. */
interface Thread {
  readonly end: number;
  readonly thread: number;
  readonly group: string;
  readonly level: number | undefined;
}

interface Sa {
  readonly end: number;
  readonly connection: string | undefined;
  readonly ikeId: number | undefined;
}

/**
 * Takes a line apart: a time stamp, a syslog header, charon's `05[NET1] <name|id>` and the tag of
 * a Sophos plugin, `[WORD] (word)`, each of which may be missing. A line that has none of them is
 * all message. Never throws.
 */
export function parsePrefix(line: string, { read }: Pick<StampReader, 'read'>): LogPrefix {
  if (line.charCodeAt(0) === 123 /* { */) {
    const json = parseJsonLine(line);
    if (json !== undefined) {
      const { time, message, ...rest } = json;
      return {
        stamp: time === undefined ? undefined : read(time, 0),
        ...rest,
        message: cleanMessage(message, 0),
      };
    }
  }
  const begin = skipPriority(line);
  const stamp = read(line, begin);
  const afterStamp = skipBlanks(line, begin + (stamp?.length ?? 0));
  const direct = readThread(line, afterStamp);
  const head = direct === undefined ? skipSyslogHeader(line, afterStamp) : afterStamp;
  const thread = direct ?? readThread(line, head);
  if (thread === undefined) {
    return {
      stamp,
      thread: undefined,
      group: undefined,
      level: undefined,
      connection: undefined,
      ikeId: undefined,
      message: cleanMessage(line, head),
    };
  }
  const sa = readSa(line, thread.end);
  return {
    stamp,
    thread: thread.thread,
    group: thread.group,
    level: thread.level,
    connection: sa?.connection,
    ikeId: sa?.ikeId,
    message: cleanMessage(line, (sa?.end ?? thread.end) + 1),
  };
}

/** `<30>` and the version of RFC 5424 after it. */
function skipPriority(line: string): number {
  if (line.charCodeAt(0) !== 60 /* < */) return 0;
  return /^<\d{1,3}>(?:1 )?/.exec(line)?.[0].length ?? 0;
}

function skipBlanks(line: string, start: number): number {
  let at = start;
  while (line.charCodeAt(at) === 32) at += 1;
  return at;
}

/** `HOST FACILITY IDENT[pid]:`, the first two optional, or RFC 5424's `HOST APP PROCID MSGID DATA`. */
const header =
  /(?:\S{1,255} ){0,2}([^\s:[]{1,64})(\[\d{1,10}\])?: |\S{1,255} (\S{1,48}) \S{1,128} \S{1,32} (?:-|\[[^\]]*\]) \uFEFF?/y;
/** Programs whose lines count without a pid or charon's thread to prove it. */
const daemons = new Set(['charon', 'charon-systemd', 'ipsec', 'ipsec_starter', 'strongswan']);

/** Where the message of a syslog line begins; `start` where there is no header. */
function skipSyslogHeader(line: string, start: number): number {
  header.lastIndex = start;
  const [text, ident = '', pid, application = ''] = header.exec(line) ?? [];
  if (text === undefined) return start;
  const end = start + text.length;
  // The first words of a sentence look like a header too.
  const isHeader =
    pid !== undefined ||
    daemons.has(ident) ||
    daemons.has(application) ||
    readThread(line, end) !== undefined;
  return isHeader ? end : start;
}

/** `05[NET]`, or `05[NET1]` with the level. Groups that no release has are kept. */
function readThread(line: string, start: number): Thread | undefined {
  let at = start;
  let thread = 0;
  for (let digit = digitAt(line, at); digit >= 0 && at < start + 7; digit = digitAt(line, at)) {
    thread = thread * 10 + digit;
    at += 1;
  }
  if (at < start + 2 || line.charCodeAt(at) !== 91 /* [ */) return undefined;
  const groupStart = at + 1;
  at = groupStart;
  while (isCapital(line.charCodeAt(at)) && at < groupStart + 5) at += 1;
  if (at < groupStart + 2) return undefined;
  const group = line.slice(groupStart, at);
  const level = digitAt(line, at);
  if (level >= 0) at += 1;
  if (line.charCodeAt(at) !== 93 /* ] */) return undefined;
  return { end: at + 1, thread, group, level: level < 0 ? undefined : level };
}

/** Up to 5.9 charon writes ` <name|id>` into so many bytes, and cuts what does not fit. */
const cutAt = 127;

/**
 * ` <name|id>` or ` <id>`. Names may contain blanks, bars and brackets; the first `|digits> ` ends
 * the name, not the last one, for what follows may be of the peer's choice.
 */
function readSa(line: string, start: number): Sa | undefined {
  if (line.charCodeAt(start) !== 32 || line.charCodeAt(start + 1) !== 60 /* < */) return undefined;
  const nameStart = start + 2;
  const id = readId(line, nameStart);
  if (id !== undefined) return { end: id.end, connection: undefined, ikeId: id.value };
  for (
    let bar = line.indexOf('|', nameStart);
    bar >= 0 && bar <= nameStart + cutAt;
    bar = line.indexOf('|', bar + 1)
  ) {
    const found = readId(line, bar + 1);
    if (found !== undefined) {
      return { end: found.end, connection: line.slice(nameStart, bar), ikeId: found.value };
    }
  }
  const cut = afterBytes(line, start, cutAt);
  if (line.charCodeAt(cut) !== 32) return undefined;
  const [connection] = line.slice(nameStart, cut).split(/\|\d*$/);
  return { end: cut, connection, ikeId: undefined };
}

/** Digits and `>`, with a blank or nothing after it. */
function readId(line: string, start: number): { end: number; value: number } | undefined {
  let at = start;
  let value = 0;
  for (let digit = digitAt(line, at); digit >= 0 && at < start + 10; digit = digitAt(line, at)) {
    value = value * 10 + digit;
    at += 1;
  }
  if (at === start || line.charCodeAt(at) !== 62 /* > */) return undefined;
  const isEnd = at + 1 === line.length || line.charCodeAt(at + 1) === 32;
  return isEnd ? { end: at + 1, value } : undefined;
}

/** The index after so many bytes of UTF-8. */
function afterBytes(line: string, start: number, bytes: number): number {
  let at = start;
  for (let left = bytes; left > 0 && at < line.length; at += 1) {
    const character = line.charCodeAt(at);
    left -= character < 0x80 ? 1 : character < 0x800 ? 2 : isSurrogate(character) ? 2 : 3;
  }
  return at;
}

/** Without the tag of a Sophos plugin, `[WORD] (word)`, and without blanks at the end. */
function cleanMessage(text: string, start: number): string {
  const message = text.slice(start).trimEnd();
  if (message.charCodeAt(0) !== 91 /* [ */) return message;
  return message.replace(/^\[[A-Z][A-Z0-9_-]{0,63}\] (?:\(\w{1,64}\) )?/, '');
}

function digitAt(line: string, at: number): number {
  const digit = line.charCodeAt(at) - 48;
  return digit >= 0 && digit <= 9 ? digit : -1;
}

function isCapital(character: number): boolean {
  return character >= 65 && character <= 90;
}

/** Half of a character that takes four bytes. */
function isSurrogate(character: number): boolean {
  return character >= 0xd800 && character < 0xe000;
}
