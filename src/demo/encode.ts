import { isoTime } from '../platform/clock.ts';
import { createDelta } from './delta.ts';

/** What a command printed; `at` is when it was started, milliseconds since the epoch. */
export interface Look {
  readonly name: string;
  readonly at: number;
  readonly text: string;
}

/** A line of a log or of `ip monitor`, or a mark of the story. */
export type Line = readonly [at: number, name: string, text: string];

/** What was seen of an appliance; one look began when the one before had ended. */
export interface Observed {
  readonly begin: number;
  readonly end: number;
  readonly lines: readonly Line[];
  readonly looks: readonly Look[];
}

/** How the looks of one name are thinned out. */
export interface Thinning {
  /** One that has no more than newer counters is kept after this long. */
  readonly everyMs: number;
  /** What lines speak of, too: it must never contradict them. */
  readonly essence: (text: string) => string;
}

/** The recording may begin so much later, and end so much earlier, than it was observed. */
const leewayMs = 15_000;

/**
 * Observations → the text of a recording, in the form that `parseRecording` reads. It begins and
 * ends with the same SAs, so that its beginning can follow its end.
 */
export function encodeRecording(
  observed: Observed,
  thinnings: Readonly<Record<string, Thinning>>,
  about: object,
): string {
  const looks = soundLooks(observed);
  const [begin, end] = chooseWindow({ ...observed, looks });
  const offset = (at: number): number => Math.max(0, Math.round(at - begin));
  const lines = observed.lines
    .filter(([at]) => at >= begin && at < end)
    .map(([at, name, text]) => [offset(at), name, text] as const);
  const outputs = Object.entries(thinnings).flatMap(([name, thinning]) => {
    const all = looks.filter((look) => look.name === name && look.at < end);
    const first = all.findLastIndex((look) => look.at <= begin);
    let shown = '';
    return thinned(all.slice(Math.max(0, first)), thinning).map(({ at, after, text }) => {
      const delta = createDelta(shown, text);
      shown = text;
      const entry = [offset(at), name, delta] as const;
      return after === undefined ? entry : ([...entry, offset(after)] as const);
    });
  });
  const header = { ...about, recordedAt: isoTime(begin), durationMs: offset(end) };
  const entries = [...lines, ...outputs].toSorted((a, b) => a[0] - b[0]);
  return [header, ...entries].map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

/** Those during which nothing happened: what they show is the state of one moment. */
function soundLooks({ lines, looks }: Observed): readonly Look[] {
  const times = lines.map(([at]) => at).toSorted((a, b) => a - b);
  return looks.filter((look, i) => {
    const ended = looks[i + 1]?.at ?? Number.POSITIVE_INFINITY;
    const next = times.find((at) => at >= look.at);
    return next === undefined || next > ended;
  });
}

/** A look that is kept; with news, also when the last one began that did not have them yet. */
type Kept = Look & { readonly after: number | undefined };

function thinned(looks: readonly Look[], { everyMs, essence }: Thinning): readonly Kept[] {
  let kept: Look | undefined;
  return looks.flatMap((look, i): readonly Kept[] => {
    const hasNews = kept !== undefined && essence(look.text) !== essence(kept.text);
    const isDue = kept === undefined || look.at - kept.at >= everyMs;
    if (!hasNews && (!isDue || look.text === kept?.text)) return [];
    kept = look;
    return [{ ...look, after: hasNews ? looks[i - 1]?.at : undefined }];
  });
}

/** Two looks at the same SAs, as far as can be from the lines around them. */
function chooseWindow({ begin, end, lines, looks }: Observed): readonly [number, number] {
  const candidates = looks
    .filter((look) => look.name === 'statusall')
    .map((look) => ({
      at: look.at,
      standing: standing(look.text),
      quietMs: Math.min(...lines.map(([at]) => Math.abs(at - look.at))),
    }));
  const starts = candidates.filter(({ at }) => at >= begin && at < begin + leewayMs);
  const stops = candidates.filter(({ at }) => at <= end && at > end - leewayMs);
  const [best] = starts
    .flatMap((start) => stops.map((stop) => ({ start, stop })))
    .filter(({ start, stop }) => start.standing === stop.standing)
    .map(({ start, stop }) => ({ start, stop, quietMs: Math.min(start.quietMs, stop.quietMs) }))
    .toSorted((a, b) => b.quietMs - a.quietMs);
  if (best === undefined) throw new Error('the story does not end as it began');
  return [best.start.at, best.stop.at];
}

/** Which SAs there are, whatever their ids; those that have been replaced do not count. */
function standing(statusall: string): string {
  return [...statusall.matchAll(/^ *(\S+)([[{])\d+[\]}]: +([A-Z]+)/gm)]
    .filter(([, , , state]) => state !== 'REKEYED' && state !== 'DELETED')
    .map(([, name, kind, state]) => `${name} ${kind} ${state}`)
    .toSorted()
    .join('\n');
}
