import type { FastifyInstance } from 'fastify';
import { Registry, collectDefaultMetrics } from 'prom-client';
import type { Clock } from '../platform/clock.ts';
import { hostFamilies, selfFamilies } from './host-metrics.ts';
import { exposition, openMetricsTwin, registerFamily } from './metric-family.ts';
import type { Family, Scrape } from './metric-family.ts';
import { tunnelFamilies } from './tunnel-metrics.ts';
import type { View } from './view.ts';

/** Every metric of the program's own, in the order of the documentation. */
export function allFamilies(version: string): readonly Family[] {
  return [...tunnelFamilies, ...hostFamilies, ...selfFamilies(version)];
}

/** `/metrics`: Prometheus text, or OpenMetrics for those who ask for it. */
export function registerMetrics(
  app: FastifyInstance,
  view: View,
  version: string,
  clock: Clock,
): void {
  const registry = new Registry();
  let scrape: Scrape = { snapshot: view.snapshot(), view };
  for (const family of allFamilies(version)) registerFamily(registry, family, () => scrape);
  collectDefaultMetrics({ register: registry });
  const twin = openMetricsTwin(registry);
  app.get('/metrics', async (request, reply) => {
    const openMetrics = request.headers.accept?.includes('application/openmetrics-text') ?? false;
    const chosen = openMetrics ? twin : registry;
    scrape = { snapshot: view.snapshot(), view };
    return reply.type(chosen.contentType).send(await exposition(chosen, clock));
  });
}
