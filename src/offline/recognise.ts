import type { Matchers } from '../parsers/catalogue.ts';
import { type FileKind, createLogParser } from '../parsers/charon-log.ts';
import { createLineSplitter } from '../parsers/lines.ts';
import { parsePrefix } from '../parsers/log-prefix.ts';
import { readStamp } from '../parsers/stamp.ts';
import { parseTarHeader } from './tar.ts';

/** What the output of a command holds. */
export type OutputKind = 'statusall' | 'xfrm-state' | 'xfrm-policy' | 'interfaces' | 'xfrm-stat';

/** What something is, by its content. */
export type Recognised =
  /** `startsAt`: its first moment, milliseconds since the epoch. */
  | { readonly is: 'log'; readonly kind: FileKind; readonly startsAt: number }
  | { readonly is: 'output'; readonly kind: OutputKind }
  | { readonly is: 'gzip' | 'tar' | 'empty' }
  /** `what` goes on a sentence that begins with the name. */
  | { readonly is: 'other'; readonly what: string };

/** So much of a beginning is enough to tell. */
export const headBytes = 16_384;

const compressions: readonly (readonly [magic: string, name: string])[] = [
  ['\xfd7zXZ\0', 'xz-compressed'],
  ['BZh', 'bzip2-compressed'],
  ['\x28\xb5\x2f\xfd', 'zstd-compressed'],
  ['\x04\x22\x4d\x18', 'lz4-compressed'],
  ['PK\x03\x04', 'a zip archive'],
];

const outputs: readonly (readonly [OutputKind, RegExp])[] = [
  ['statusall', /^(?:Status of IKE charon daemon \(|Security Associations \(\d+ up, )/m],
  ['xfrm-state', /^\s*src \S{1,64} dst \S{1,64}[^\n\\]{0,200}[\n\\]\s*proto /],
  ['xfrm-policy', /^\s*src \S{1,64} dst \S{1,64}[^\n\\]{0,200}[\n\\]\s*(?:dir|socket) /],
  ['interfaces', /^\s*(?:\[\s*\{[^{}]{0,200}"ifname"\s*:|\d+: \S{1,64}: <)/],
  ['xfrm-stat', /^Xfrm\w{1,64}\s+\d+\s*$/m],
];

export interface RecogniseOptions {
  readonly matchers: Matchers;
  /** What it should be a log of, by its name; undefined where nothing says that it is one. */
  readonly expected: FileKind | undefined;
  /** IANA name of the zone of its time stamps. */
  readonly timeZone: string;
  /** When it was last written, milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/**
 * Tells what a file is by its first bytes (latin1). A log is what has a line of charon or is
 * understood for the most part, and what should be one and has time stamps.
 */
export function recognise(head: string, options: RecogniseOptions): Recognised {
  if (head.trim() === '') return { is: 'empty' };
  if (head.startsWith('\x1f\x8b')) return { is: 'gzip' };
  if (parseTarHeader(head.slice(0, 512)) !== undefined) return { is: 'tar' };
  const compression = compressions.find(([magic]) => head.startsWith(magic));
  if (compression !== undefined) return { is: 'other', what: `is ${compression[1]}` };
  const output = outputs.find(([, pattern]) => pattern.test(head.slice(0, 4096)));
  if (output !== undefined) return { is: 'output', kind: output[0] };
  const log = recogniseLog(head, options);
  if (log !== undefined) return log;
  return { is: 'other', what: 'is neither a log of IPsec nor the output of a known command' };
}

const kinds = ['charon', 'monitor', 'dgd'] as const satisfies readonly FileKind[];

interface Sample {
  readonly kind: FileKind;
  readonly understood: number;
  readonly startsAt: number;
}

function recogniseLog(head: string, options: RecogniseOptions): Recognised | undefined {
  const { expected } = options;
  const splitter = createLineSplitter(headBytes);
  // The last line may be cut; the only one is not.
  const lines = splitter.push(head.includes('\n') ? head : `${head}\n`).filter(isLine);
  if (lines.length === 0) return undefined;
  const prefixes = lines.map((line) => parsePrefix(line, { read: readStamp }));
  const isCharon = prefixes.some(({ group }) => group !== undefined);
  const hasStamps = prefixes.some(({ stamp }) => stamp !== undefined);
  const samples = [expected ?? 'charon', ...kinds].map((kind) => takeSample(lines, kind, options));
  const best = samples.reduce((a, b) => (b.understood > a.understood ? b : a));
  const isMostlyKnown = best.understood / lines.length > 0.5;
  if (!isCharon && !isMostlyKnown && !(expected !== undefined && hasStamps)) return undefined;
  return { is: 'log', kind: best.kind, startsAt: best.startsAt };
}

function isLine(line: string): boolean {
  return line.trim() !== '';
}

function takeSample(lines: readonly string[], kind: FileKind, options: RecogniseOptions): Sample {
  const { matchers, timeZone, modifiedAt } = options;
  const parser = createLogParser({ kind, zone: timeZone, matchers });
  const context = { file: '', line: 0, readAt: modifiedAt };
  const parsed = lines.map((line) => parser.parse(line, context));
  return {
    kind,
    understood: parsed.filter(({ result }) => result !== 'unknown').length,
    startsAt: Math.min(...parsed.map(({ at }) => at)),
  };
}
