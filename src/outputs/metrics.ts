import type { FastifyInstance } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import type { Access } from './access.ts';
import { prefersOpenMetrics } from './accept.ts';
import type { EventStream } from './event-stream.ts';
import { exposition, openMetricsText, prometheusText } from './exposition.ts';
import { hostFamilies } from './host-metrics.ts';
import { takeScrape } from './metric-family.ts';
import type { Family } from './metric-family.ts';
import { ProcessMetrics } from './process-metrics.ts';
import { selfFamilies } from './self-metrics.ts';
import { tunnelFamilies } from './tunnel-metrics.ts';
import type { View } from './view.ts';

/** Every metric of the program's own, in the order of the documentation. */
export function allFamilies(version: string): readonly Family[] {
  return [...tunnelFamilies, ...hostFamilies, ...selfFamilies(version)];
}

export interface MetricsDependencies {
  readonly view: View;
  readonly stream: EventStream;
  readonly clock: Clock;
  readonly version: string;
  readonly access: Pick<Access, 'counts'>;
}

/** `/metrics`: Prometheus text, or OpenMetrics for those who ask for it. */
export function registerMetrics(app: FastifyInstance, dependencies: MetricsDependencies): void {
  const { view, stream, clock, version, access } = dependencies;
  const own = allFamilies(version);
  const ofProcess = new ProcessMetrics();
  app.get('/metrics', async ({ headers }, reply) => {
    const format = prefersOpenMetrics(headers.accept ?? '') ? openMetricsText : prometheusText;
    const others = await ofProcess.families();
    const scrape = takeScrape(view, stream.status, access.counts);
    const families = own.map((family) => [family, family.samples(scrape)] as const);
    const body = await exposition([...families, ...others], format, clock);
    return reply.type(format.contentType).header('vary', 'accept').send(body);
  });
}
