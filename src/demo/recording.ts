import { applyDelta } from './delta.ts';
import type { Delta } from './delta.ts';

/** Something that was recorded; `at` is when it is shown, in milliseconds from the beginning. */
export type Entry = { readonly at: number } & (
  | { readonly kind: 'mark'; readonly text: string }
  /** All that the command `name` printed, until its next output. */
  | { readonly kind: 'output'; readonly name: string; readonly text: string }
  /** A line of the file `name`. */
  | { readonly kind: 'line'; readonly name: string; readonly text: string }
);

export type Mark = Entry & { readonly kind: 'mark' };

/** An appliance's logs and command outputs over some minutes; its end can go over into its beginning. */
export interface Recording {
  readonly recordedAt: string;
  readonly durationMs: number;
  /** In the order in which they are shown. */
  readonly entries: readonly Entry[];
  /** What happens in it, for people. */
  readonly marks: readonly Mark[];
}

type Header = Pick<Recording, 'recordedAt' | 'durationMs'>;
type TextLine = readonly [at: number, name: string, text: string];
/** With news, `after` is when the command was last started that did not print them yet. */
type Output = readonly [at: number, name: string, delta: Delta, after?: number];
type RawEntry = TextLine | Output;

/** Reads a recording: JSON lines, the first of which is about the whole. */
export function parseRecording(text: string): Recording {
  const [first = '', ...rest] = text.trimEnd().split('\n');
  const header: Header = JSON.parse(first);
  const raw = rest.map((line): RawEntry => JSON.parse(line));
  const shownAt = createSteps(raw);
  const outputs = new Map<string, string>();
  const entries = raw.map(([time, name, content]): Entry => {
    const at = shownAt(time);
    if (typeof content === 'string') {
      return name === 'mark'
        ? { at, kind: 'mark', text: content }
        : { at, kind: 'line', name, text: content };
    }
    const output = applyDelta(outputs.get(name) ?? '', content);
    outputs.set(name, output);
    return { at, kind: 'output', name, text: output };
  });
  return { ...header, entries, marks: entries.filter((entry) => entry.kind === 'mark') };
}

/**
 * A command answers for the moment at which it is asked; a recorded output only for that at which
 * it was recorded. If it did not know of a line that is in the log already, it would take back what
 * the line has said. So what was recorded between the last output without the news and the first
 * one with them is shown all at once, some tenths of a second later than it happened.
 */
function createSteps(raw: readonly RawEntry[]): (time: number) => number {
  const steps: { readonly after: number; at: number }[] = [];
  for (const [at, , , after] of raw) {
    if (after === undefined) continue;
    const last = steps.at(-1);
    if (last !== undefined && after < last.at) last.at = at;
    else steps.push({ after, at });
  }
  return (time) => steps.find(({ after, at }) => time > after && time <= at)?.at ?? time;
}
