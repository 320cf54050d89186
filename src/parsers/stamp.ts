/** A time stamp as it stands in a line, not yet tied to a moment. */
export interface Stamp {
  /** Characters it takes. */
  readonly length: number;
  /** 1000 for whole seconds, 1 for milliseconds and finer. */
  readonly resolutionMs: number;
  /** The local time read as if it were UTC; in the year 2000 where the stamp names no year. */
  readonly wallMs: number;
  readonly yearless: boolean;
  /** The zone that it names itself, milliseconds ahead of UTC. */
  readonly offsetMs: number | undefined;
}

export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** Any year with a 29 February will do for stamps without a year. */
const leapYear = 2000;
const february29 = 59;

const months = byName(
  'January February March April May June July August September October November December',
);
const weekdays = byName('Monday Tuesday Wednesday Thursday Friday Saturday Sunday');
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/** A time of day and what follows it. */
interface Time {
  readonly end: number;
  readonly ms: number;
  readonly resolutionMs: number;
  readonly offsetMs: number | undefined;
}

/**
 * The stamp that begins at `start`, if one does. charon's `time_format` is free: besides
 * `YYYY-MM-DD HH:MM:SS`, seconds since the epoch and syslog's `Nov 23 11:50:27` this takes day,
 * month by name, year and time in any order, a weekday in front, commas, and brackets around it.
 */
export function readStamp(line: string, start: number): Stamp | undefined {
  if (line.charCodeAt(start) !== 91 /* [ */) return readBare(line, start);
  const inner = readBare(line, start + 1);
  if (inner === undefined || line[start + 1 + inner.length] !== ']') return undefined;
  return { ...inner, length: inner.length + 2 };
}

function readBare(line: string, start: number): Stamp | undefined {
  return readNumeric(line, start) ?? readEpoch(line, start) ?? readNamed(line, start);
}

/** The time of a yearless stamp in that year, unless it is a 29 February and the year has none. */
export function wallInYear(stamp: Stamp, year: number): number | undefined {
  const sinceNewYear = stamp.wallMs - dayNumber(leapYear, 1, 1) * dayMs;
  const dayOfYear = Math.floor(sinceNewYear / dayMs);
  const newYear = dayNumber(year, 1, 1) * dayMs;
  if (isLeap(year) || dayOfYear < february29) return newYear + sinceNewYear;
  return dayOfYear === february29 ? undefined : newYear + sinceNewYear - dayMs;
}

/** `2026-11-23 11:50:27`, by far the most frequent: no regular expression here. */
function readNumeric(line: string, start: number): Stamp | undefined {
  const separator = line.charCodeAt(start + 4);
  const between = line.charCodeAt(start + 10);
  if (
    (separator !== 45 /* - */ && separator !== 47) /* slash */ ||
    line.charCodeAt(start + 7) !== separator ||
    (between !== 32 /* blank */ && between !== 84) /* T */
  ) {
    return undefined;
  }
  const year = twoDigits(line, start) * 100 + twoDigits(line, start + 2);
  const midnight = midnightMs(year, twoDigits(line, start + 5), twoDigits(line, start + 8));
  const time = readTime(line, start + 11);
  if (midnight === undefined || time === undefined) return undefined;
  return {
    length: time.end - start,
    resolutionMs: time.resolutionMs,
    wallMs: midnight + time.ms,
    yearless: false,
    offsetMs: time.offsetMs,
  };
}

const epoch = /(\d{9,11})(?:\.(\d{1,9}))?(?= |$)/y;

function readEpoch(line: string, start: number): Stamp | undefined {
  epoch.lastIndex = start;
  const [text, seconds, fraction = ''] = epoch.exec(line) ?? [];
  if (text === undefined) return undefined;
  return {
    length: text.length,
    resolutionMs: resolution(fraction),
    wallMs: Number(seconds) * secondMs + fractionMs(fraction),
    yearless: false,
    offsetMs: 0,
  };
}

/** One part of a named stamp. Digits before a bracket are charon's thread: `05[NET]`. */
const part = /[ ,]*(?:([A-Za-z]{3,9})|(\d{1,2}):\d\d:\d\d|(\d{4})(?![\d:[])|(\d{1,2})(?![\d:[]))/y;
const mostParts = 5;

function readNamed(line: string, start: number): Stamp | undefined {
  let year: number | undefined;
  let month: number | undefined;
  let date: number | undefined;
  let time: Time | undefined;
  let end = start;
  for (let count = 0; count < mostParts; count += 1) {
    part.lastIndex = end;
    const [text, word, hours, fourDigits, digits] = part.exec(line) ?? [];
    if (text === undefined) break;
    let next = end + text.length;
    if (word !== undefined) {
      const named = months.get(word.toLowerCase());
      if (named !== undefined && month === undefined) month = named;
      else if (count > 0 || !weekdays.has(word.toLowerCase())) break;
    } else if (hours !== undefined) {
      if (time !== undefined) break;
      time = readTime(line, next - hours.length - ':00:00'.length);
      if (time === undefined) break;
      next = time.end;
    } else if (fourDigits !== undefined) {
      if (year !== undefined) break;
      year = Number(fourDigits);
    } else {
      if (date !== undefined) break;
      date = Number(digits);
    }
    end = next;
  }
  if (month === undefined || date === undefined || time === undefined) return undefined;
  const midnight = midnightMs(year ?? leapYear, month, date);
  if (midnight === undefined) return undefined;
  if (line[end] === ',') end += 1;
  return {
    length: end - start,
    resolutionMs: time.resolutionMs,
    wallMs: midnight + time.ms,
    yearless: year === undefined,
    offsetMs: time.offsetMs,
  };
}

/** Abbreviations of zones are ambiguous and count for nothing, but they stand before a thread. */
const zone = / ?(?:(Z|UTC|GMT)(?![^ \],])|([+-])(\d\d):?(\d\d)(?!\d)|[A-Z]{3,5}(?= \d{2,7}\[))/y;

/** `HH:MM:SS`, a fraction and a zone. */
function readTime(line: string, start: number): Time | undefined {
  const colon = line.charCodeAt(start + 1) === 58 /* : */ ? start + 1 : start + 2;
  const hours = colon === start + 2 ? twoDigits(line, start) : Number(line[start]);
  const minutes = twoDigits(line, colon + 1);
  const seconds = twoDigits(line, colon + 4);
  const isTime = line.charCodeAt(colon) === 58 && line.charCodeAt(colon + 3) === 58;
  // A leap second is a second 60.
  if (!isTime || !(hours <= 23 && minutes <= 59 && seconds <= 60)) return undefined;
  const wholeMs = hours * hourMs + minutes * minuteMs + seconds * secondMs;
  const end = colon + 6;
  if (line.charCodeAt(end) === 32 && isDigit(line.charCodeAt(end + 1))) {
    return { end, ms: wholeMs, resolutionMs: secondMs, offsetMs: undefined };
  }
  const [, fraction = ''] = /^[.,](\d{1,9})/.exec(line.slice(end, end + 10)) ?? [];
  const zoneStart = fraction === '' ? end : end + 1 + fraction.length;
  zone.lastIndex = zoneStart;
  const [text = '', utc, sign, zoneHours, zoneMinutes] = zone.exec(line) ?? [];
  const aheadMs = Number(zoneHours) * hourMs + Number(zoneMinutes) * minuteMs;
  const offsetMs = sign === undefined ? undefined : sign === '-' ? -aheadMs : aheadMs;
  return {
    end: zoneStart + text.length,
    ms: wholeMs + fractionMs(fraction),
    resolutionMs: resolution(fraction),
    offsetMs: utc === undefined ? offsetMs : 0,
  };
}

function resolution(fraction: string): number {
  return Math.max(1, secondMs / 10 ** fraction.length);
}

function fractionMs(fraction: string): number {
  return Number(fraction.slice(0, 3).padEnd(3, '0'));
}

/** NaN where there are no two digits: every comparison with it fails. */
function twoDigits(line: string, at: number): number {
  const tens = line.charCodeAt(at) - 48;
  const ones = line.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function isDigit(character: number): boolean {
  return character >= 48 && character <= 57;
}

/** Names and their abbreviations, in lower case, numbered from one. */
function byName(names: string): ReadonlyMap<string, number> {
  return new Map(
    names
      .toLowerCase()
      .split(' ')
      .flatMap((name, index) => [
        [name, index + 1],
        [name.slice(0, 3), index + 1],
      ]),
  );
}

/** The beginning of a day as if it were in UTC, if there is such a day. */
function midnightMs(year: number, month: number, date: number): number | undefined {
  if (!(year >= 1970 && year < 2200 && month >= 1 && month <= 12 && date >= 1)) return undefined;
  const days = monthDays[month - 1]! + (month === 2 && isLeap(year) ? 1 : 0);
  return date <= days ? dayNumber(year, month, date) * dayMs : undefined;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days since 1970-01-01. Arithmetic: `Date.UTC` costs more than all the rest of a line's stamp. */
function dayNumber(year: number, month: number, date: number): number {
  const before = year - 1;
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  const leapDaysBefore1970 = 477;
  const leapDay = month > 2 && isLeap(year) ? 1 : 0;
  const days = daysBefore[month - 1]! + leapDay + date - 1;
  return 365 * (year - 1970) + leapDays - leapDaysBefore1970 + days;
}
