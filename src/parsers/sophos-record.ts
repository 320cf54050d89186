import { type Stamp, readStamp } from './stamp.ts';

/** An event record of SFOS's syslog: `device_name="…" log_component="IPSec" … message="…"`. */
export interface SophosRecord {
  readonly stamp: Stamp | undefined;
  /** In lower case: `ipsec`, `gateway` … */
  readonly component: string;
  /** The tunnel that it names; empty where it names none. */
  readonly connection: string;
  readonly message: string;
}

/** One reading of an event's message: the connection in front of the text, if one is. */
export interface SophosReading {
  readonly connection: string | undefined;
  readonly text: string;
}

/**
 * Reads a record, of the header generations before and since 18.5, behind any syslog header.
 * Values are quoted, or not quoted and with blanks in them, or empty.
 */
export function parseSophosRecord(line: string): SophosRecord | undefined {
  if (!line.includes('log_component=')) return undefined;
  const fields = readFields(line);
  const component = fields.get('log_component');
  if (component === undefined) return undefined;
  return {
    stamp: recordStamp(fields),
    component: component.toLowerCase(),
    connection: fields.get('con_name') ?? fields.get('connectionname') ?? '',
    message: fields.get('message') ?? '',
  };
}

const key = /(?:^|[ >])([a-z][a-z0-9_]{1,40})=/g;

/**
 * A value lasts until the next ` key=`. A quoted value may hold something that looks like one:
 * its end is a quote with ` key=` or nothing behind it. A key that stands twice has its first
 * value, since the message, which a peer can put text into, stands last.
 */
function readFields(line: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  key.lastIndex = 0;
  for (let found = key.exec(line); found !== null; found = key.exec(line)) {
    const start = key.lastIndex;
    const end = line[start] === '"' ? endOfQuoted(line, start + 1) : endOfBare(line, start);
    const value = line[start] === '"' ? line.slice(start + 1, end) : line.slice(start, end).trim();
    const name = found[1]!;
    if (!fields.has(name)) fields.set(name, value);
    key.lastIndex = end;
  }
  return fields;
}

const closing = /"(?=\s*$| +[a-z][a-z0-9_]{1,40}=)/g;

function endOfQuoted(line: string, start: number): number {
  closing.lastIndex = start;
  return closing.exec(line)?.index ?? line.length;
}

function endOfBare(line: string, start: number): number {
  key.lastIndex = start;
  return key.exec(line)?.index ?? line.length;
}

/** The record's own time; abbreviations of zones are ambiguous and left to the configuration. */
function recordStamp(fields: ReadonlyMap<string, string>): Stamp | undefined {
  const text = ['date', 'time', 'timezone'].map((name) => fields.get(name) ?? '').join(' ');
  return readStamp(fields.get('timestamp') ?? text, 0);
}

const mostReadings = 4;

/**
 * Events read `CONNECTION - TEXT (Remote: ADDRESS)`, the connection and the address optional. A
 * name may hold a dash itself, so these are the ways to read it, the shortest name first.
 */
export function readSophosMessage(message: string): readonly SophosReading[] {
  const bare = message.replace(/ \(Remote: [^()]{0,64}\)$/, '');
  const readings: SophosReading[] = [{ connection: undefined, text: bare }];
  for (
    let dash = bare.indexOf(' - ');
    dash > 0 && readings.length < mostReadings;
    dash = bare.indexOf(' - ', dash + 1)
  ) {
    readings.push({ connection: bare.slice(0, dash), text: bare.slice(dash + 3) });
  }
  return readings;
}
