import { allFamilies } from '../../src/outputs/metrics.ts';
import type { Family } from '../../src/outputs/metric-family.ts';

/** What a sample of a histogram is called, and the label that its buckets have beside the others. */
const histogramParts = { _bucket: ['le'], _sum: [], _count: [] } as const;

function seriesOf({
  name,
  type,
  labels,
}: Family): readonly (readonly [string, readonly string[]])[] {
  if (type !== 'histogram') return [[name, labels]];
  return Object.entries(histogramParts).map(([suffix, more]) => [
    name + suffix,
    [...labels, ...more],
  ]);
}

/** Every series that the program can expose of its own: name → names of its labels. */
export const exposedSeries: ReadonlyMap<string, readonly string[]> = new Map(
  allFamilies('').flatMap((family) => seriesOf(family)),
);

/** One sample line: the series with its labels as they stand there, and the value. */
export interface SampleLine {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: string;
}

export interface ExposedFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly SampleLine[];
}

const sampleForm =
  /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>(?:[a-z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (?<value>NaN|[+-]?Inf|-?[\d.]+(?:e[+-]?\d+)?)$/;
const labelForm = /([a-z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"/g;

function unescape(text: string): string {
  return text.replaceAll(/\\(["\\n])/g, (_, one: string) => (one === 'n' ? '\n' : one));
}

function parseSample(line: string): SampleLine {
  const { name = '', labels = '', value = '' } = sampleForm.exec(line)?.groups ?? {};
  if (name === '') throw new Error(`not a sample: ${line}`);
  const pairs = [...labels.matchAll(labelForm)].map(
    ([, label = '', text = '']) => [label, unescape(text)] as const,
  );
  if (new Set(pairs.map(([label]) => label)).size < pairs.length) {
    throw new Error(`a label stands twice: ${line}`);
  }
  return { name, labels: new Map(pairs), value };
}

/**
 * Reads an exposition strictly: HELP, TYPE and then the samples of each family, every family once,
 * nothing between. What OpenMetrics adds to that is for the caller.
 */
export function parseExposition(text: string): readonly ExposedFamily[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families: { name: string; type: string; help: string; samples: SampleLine[] }[] = [];
  for (const line of text.slice(0, -1).split('\n')) {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    const last = families.at(-1);
    if (keyword === 'HELP') {
      if (families.some((family) => family.name === name)) throw new Error(`twice: ${name}`);
      families.push({ name, type: '', help: rest, samples: [] });
    } else if (keyword === 'TYPE') {
      if (last?.name !== name || last.type !== '') throw new Error(`TYPE without HELP: ${name}`);
      last.type = rest;
    } else if (last === undefined || last.type === '') {
      throw new Error(`a sample without its family: ${line}`);
    } else {
      last.samples.push(parseSample(line));
    }
  }
  return families;
}

/** A series as one text, for sets. */
export function seriesText({ name, labels }: SampleLine): string {
  return `${name}${JSON.stringify([...labels])}`;
}

/** The part of an exposition that is the program's own: prom-client's process metrics left out. */
export function ownPart(text: string): string {
  const end = text.search(/^# HELP (?:process|nodejs)_/m);
  return end === -1 ? text : text.slice(0, end);
}
