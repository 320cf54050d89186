import { Counter, Gauge, Registry } from 'prom-client';
import type { OpenMetricsContentType } from 'prom-client';
import type { Clock } from '../platform/clock.ts';
import type { Snapshot } from '../engine/snapshot.ts';
import type { View } from './view.ts';

/** One line of the exposition. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Only for the parts of a histogram: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: string;
}

/** One metric as data: computed at each scrape from the one truth, never kept. */
export interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: (snapshot: Snapshot, view: View) => readonly Sample[];
}

/** What a scrape is answered from: one snapshot for all families. */
export interface Scrape {
  readonly snapshot: Snapshot;
  readonly view: View;
}

/**
 * Registers a family with prom-client. Its own bookkeeping (a hash map entry a series, filled
 * and emptied at each scrape) is left aside: `get` hands the samples over as they are.
 */
export function registerFamily(registry: Registry, family: Family, scrape: () => Scrape): void {
  const { name, type, help, samples } = family;
  const metric =
    type === 'counter'
      ? new Counter({ name, help, registers: [] })
      : new Gauge({ name, help, registers: [] });
  const get = async function get(this: { readonly name: string }): Promise<object> {
    const { snapshot, view } = scrape();
    const values = samples(snapshot, view).map(({ labels, value, suffix }) =>
      suffix === undefined ? { labels, value } : { labels, value, metricName: name + suffix },
    );
    // The twin for OpenMetrics bears another name.
    return { name: this.name, help, type, values, aggregator: 'sum' };
  };
  registry.registerMetric(Object.assign(metric, { get }));
}

/** The same metrics for OpenMetrics, where a counter's own name goes without `_total`. */
export function openMetricsTwin(registry: Registry): Registry<OpenMetricsContentType> {
  const twin = new Registry<OpenMetricsContentType>();
  twin.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const { name } of registry.getMetricsAsArray()) {
    const metric = registry.getSingleMetric(name);
    const twinName = metric instanceof Counter ? name.replace(/_total$/, '') : name;
    twin.registerMetric(Object.create(metric ?? null, { name: { value: twinName } }));
  }
  return twin;
}

/** The exposition, metric by metric: between two of them the event loop may do something else. */
export async function exposition(
  registry: Registry | Registry<OpenMetricsContentType>,
  clock: Clock,
): Promise<string> {
  const parts: string[] = [];
  for (const { name } of registry.getMetricsAsArray()) {
    parts.push(await registry.getSingleMetricAsString(name));
    await clock.breathe();
  }
  const end = registry.contentType === Registry.OPENMETRICS_CONTENT_TYPE ? '# EOF\n' : '';
  return `${parts.join('\n')}\n${end}`;
}
