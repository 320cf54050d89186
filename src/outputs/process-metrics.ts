import { Registry, collectDefaultMetrics } from 'prom-client';
import type { FamilyHead, Sample } from './metric-family.ts';

/** How often the event loop's delay is sampled: at prom-client's 10 ms an idle daemon wakes up for nothing else. */
const loopResolutionMs = 50;

/** What prom-client knows of the process and of Node.js: memory, CPU, event loop, collections. */
export class ProcessMetrics {
  readonly #registry = new Registry();

  constructor() {
    collectDefaultMetrics({
      register: this.#registry,
      eventLoopMonitoringPrecision: loopResolutionMs,
    });
  }

  async families(): Promise<readonly (readonly [FamilyHead, readonly Sample[]])[]> {
    const metrics = await this.#registry.getMetricsAsJSON();
    return metrics
      .map(({ name, help, type, values }) => {
        const head = { name, help, type: familyType(type) };
        return [head, values.map((value) => sampleOf(name, value))] as const;
      })
      .filter(([head]) => isWellNamed(head));
  }
}

/** At run time prom-client's enum is its words. */
function familyType(type: unknown): FamilyHead['type'] {
  return type === 'counter' || type === 'histogram' ? type : 'gauge';
}

/** `nodejs_active_handles_total` and its like: gauges that promtool rejects, sums of others. */
function isWellNamed({ name, type }: FamilyHead): boolean {
  return type === 'counter' || !name.endsWith('_total');
}

interface Value {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  /** In histograms: the name with its suffix. */
  readonly metricName?: string;
}

function sampleOf(name: string, { value, labels, metricName = name }: Value): Sample {
  const texts = Object.entries(labels).map(([label, text]) => [label, String(text)]);
  return { value, labels: Object.fromEntries(texts), suffix: metricName.slice(name.length) };
}
