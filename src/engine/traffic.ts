/** One SA's counter as a source read it. */
export interface Reading {
  readonly direction: 'in' | 'out';
  readonly spi: string;
  readonly bytes: number;
  /** Absent in charon's closing lines. */
  readonly packets: number | undefined;
}

/** The highest value seen of one SA's counters. */
interface Meter {
  readonly key: string;
  readonly bytes: number;
  readonly packets: number;
}

/** Totals of a tunnel that outlive its SAs, and what is needed to go on counting. */
export interface Traffic {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly meters: readonly Meter[];
  /** When bytes first went out after the last time that any came in; undefined while both flow. */
  readonly unansweredSince: number | undefined;
  readonly lastOutAt: number | undefined;
}

export const noTraffic: Traffic = {
  bytesIn: 0,
  bytesOut: 0,
  packetsIn: 0,
  packetsOut: 0,
  meters: [],
  unansweredSince: undefined,
  lastOutAt: undefined,
};

/** Meters of SAs that are gone are kept for a while: a late closing line must not count twice. */
const spareMeters = 64;

export function meterKey(direction: 'in' | 'out', spi: string): string {
  return `${direction}:${spi}`;
}

/**
 * Adds what has come since the last reading of each SA. A value below one seen before is an old
 * poll that arrived late, and adds nothing; an SA seen for the first time counts whole.
 */
export function countTraffic(
  traffic: Traffic,
  readings: readonly Reading[],
  at: number,
  children: number,
): Traffic {
  let next = traffic;
  for (const reading of readings) next = countReading(next, reading);
  if (next === traffic) return traffic;
  const cameIn = next.bytesIn > traffic.bytesIn;
  const wentOut = next.bytesOut > traffic.bytesOut;
  const unanswered = cameIn ? undefined : (traffic.unansweredSince ?? (wentOut ? at : undefined));
  return {
    ...next,
    meters: next.meters.slice(-(2 * children + readings.length + spareMeters)),
    unansweredSince: unanswered,
    lastOutAt: wentOut ? at : traffic.lastOutAt,
  };
}

function countReading(traffic: Traffic, reading: Reading): Traffic {
  const key = meterKey(reading.direction, reading.spi);
  const known = traffic.meters.find((meter) => meter.key === key) ?? { key, bytes: 0, packets: 0 };
  const bytes = Math.max(reading.bytes, known.bytes);
  const packets = Math.max(reading.packets ?? 0, known.packets);
  if (bytes === known.bytes && packets === known.packets) return traffic;
  // The meter moves to the end, so that the oldest are the first to be dropped.
  const meters = [...traffic.meters.filter((meter) => meter !== known), { key, bytes, packets }];
  const [moreBytes, morePackets] = [bytes - known.bytes, packets - known.packets];
  return reading.direction === 'in'
    ? {
        ...traffic,
        meters,
        bytesIn: traffic.bytesIn + moreBytes,
        packetsIn: traffic.packetsIn + morePackets,
      }
    : {
        ...traffic,
        meters,
        bytesOut: traffic.bytesOut + moreBytes,
        packetsOut: traffic.packetsOut + morePackets,
      };
}

/** Bytes have gone out for `stallMs`, go out still, and none have come in. */
export function isStalled(traffic: Traffic, at: number, stallMs: number): boolean {
  if (traffic.unansweredSince === undefined || traffic.lastOutAt === undefined) return false;
  return at - traffic.unansweredSince >= stallMs && at - traffic.lastOutAt < stallMs;
}
