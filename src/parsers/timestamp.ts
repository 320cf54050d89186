import { type Stamp, dayMs, hourMs, minuteMs, readStamp, secondMs, wallInYear } from './stamp.ts';

/** What else is known about the moment of a line. */
interface StampContext {
  /** The last moment resolved in the same file. */
  readonly previous: number | undefined;
  /** When the line arrived, or was last written at the latest. */
  readonly reference: number;
}

export interface StampReader {
  /** The stamp that begins at `start`, if one does. */
  readonly read: (line: string, start: number) => Stamp | undefined;
  /** Milliseconds since the epoch. */
  readonly resolve: (stamp: Stamp, context: StampContext) => number;
}

/** Since 1973 every zone's clock has changed on a quarter of an hour, by quarters of an hour. */
const quarterMs = 15 * minuteMs;
/** Lines of two threads can stand in the wrong order by so much; a clock set back is an hour. */
const disorderMs = 5 * secondMs;
const daysInYear = 365.2425;
const offsetName = /GMT([+-])(\d\d):(\d\d)|$/;

/** Reads and resolves stamps of a log whose host keeps the time of `zone`, an IANA name. */
export function createStampReader(zone: string): StampReader {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });

  function offsetAt(at: number): number {
    // `11/23/2026, GMT+01:00`; some releases of ICU write UTC as `GMT` only.
    const [, sign, hours = '0', minutes = '0'] = offsetName.exec(format.format(at))!;
    const aheadMs = Number(hours) * hourMs + Number(minutes) * minuteMs;
    return sign === '-' ? -aheadMs : aheadMs;
  }

  /**
   * The offsets that this local time can have, the earlier moment first: two where clocks are set
   * back. A time that clocks skip keeps the old offset, which moves it on by what they skip.
   */
  function offsetsOf(wallMs: number): readonly [number, number?] {
    const before = offsetAt(wallMs - dayMs);
    const after = offsetAt(wallMs + dayMs);
    if (before === after) return [before];
    const fits = [before, after].filter((offset) => offsetAt(wallMs - offset) === offset);
    return fits.length === 2 ? [before, after] : [fits[0] ?? before];
  }

  // Asking Intl costs microseconds; lines that follow one another share a quarter of an hour.
  const localOffsets = lastQuarter(offsetsOf);
  const offsetNear = lastQuarter(offsetAt);
  const offsetBefore = lastQuarter(offsetAt);

  /** The latest year that puts the stamp not more than a day after the reference. */
  function inLikelyYear(stamp: Stamp, reference: number): number {
    const limit = reference + offsetNear(reference) + dayMs;
    let year = 1970 + Math.ceil(reference / dayMs / daysInYear);
    for (;;) {
      const wallMs = wallInYear(stamp, year);
      if (wallMs !== undefined && wallMs <= limit) return wallMs;
      year -= 1;
    }
  }

  return {
    read: readStamp,
    resolve: (stamp, { previous, reference }) => {
      if (stamp.offsetMs !== undefined) return stamp.wallMs - stamp.offsetMs;
      const wallMs = stamp.yearless ? inLikelyYear(stamp, reference) : stamp.wallMs;
      const [offset, later] = localOffsets(wallMs);
      const first = wallMs - offset;
      if (later === undefined || previous === undefined) return first;
      // The clock has been set back already, or has to be now for time to go on.
      const isSetBack = previous > first - dayMs && offsetBefore(previous) === later;
      return isSetBack || first < previous - disorderMs ? wallMs - later : first;
    },
  };
}

/** Remembers the answer for the quarter of an hour that was asked for last. */
function lastQuarter<T>(ask: (quarterStart: number) => T): (time: number) => T {
  let last: { readonly quarter: number; readonly answer: T } | undefined;
  return (time) => {
    const quarter = Math.floor(time / quarterMs);
    if (last?.quarter !== quarter) last = { quarter, answer: ask(quarter * quarterMs) };
    return last.answer;
  };
}
