import type { Clock } from '../platform/clock.ts';
import type { FamilyHead, Sample } from './metric-family.ts';

/** How the two text formats differ. https://prometheus.io/docs/specs/om/open_metrics_spec/ */
interface Format {
  readonly contentType: string;
  /** A counter's family goes without `_total` in OpenMetrics, its samples do not. */
  readonly familyName: (head: FamilyHead) => string;
  readonly escapeHelp: (help: string) => string;
  readonly end: string;
}

export const prometheusText: Format = {
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  familyName: ({ name }) => name,
  escapeHelp: (help) => help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n'),
  end: '',
};

export const openMetricsText: Format = {
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  familyName: ({ name, type }) => (type === 'counter' ? name.replace(/_total$/, '') : name),
  escapeHelp: escapeLabel,
  end: '# EOF\n',
};

/** So many samples are written before the event loop may do something else: about a millisecond. */
const samplesATurn = 1000;

/**
 * The text of a scrape. Written here and not by prom-client, which takes several times as long and
 * keeps the event loop for all of it: test/bench/scrape.ts has the figures.
 */
export async function exposition(
  families: Iterable<readonly [FamilyHead, Iterable<Sample>]>,
  format: Format,
  clock: Clock,
): Promise<Buffer> {
  // Bytes at once: a string of megabytes would be put together and encoded in a single long turn.
  const parts: Buffer[] = [];
  let text = '';
  let samplesLeft = samplesATurn;
  for (const [head, samples] of families) {
    const family = format.familyName(head);
    text += `# HELP ${family} ${format.escapeHelp(head.help)}\n# TYPE ${family} ${head.type}\n`;
    for (const sample of samples) {
      text += line(head.name, sample);
      samplesLeft -= 1;
      if (samplesLeft > 0) continue;
      parts.push(Buffer.from(text));
      text = '';
      samplesLeft = samplesATurn;
      await clock.breathe();
    }
  }
  parts.push(Buffer.from(text + format.end));
  return Buffer.concat(parts);
}

function line(name: string, { labels, value, suffix = '' }: Sample): string {
  let pairs = '';
  for (const [label, text] of Object.entries(labels)) {
    pairs += `${pairs === '' ? '' : ','}${label}="${escapeLabel(text)}"`;
  }
  return `${name}${suffix}${pairs === '' ? '' : `{${pairs}}`} ${numberText(value)}\n`;
}

function escapeLabel(text: string): string {
  // Most need nothing done, and the question is cheaper than the three answers.
  if (!/[\\"\n]/.test(text)) return text;
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** JavaScript writes `NaN` as both formats do, but infinity otherwise. */
function numberText(value: number): string {
  return String(value).replace('Infinity', 'Inf');
}
