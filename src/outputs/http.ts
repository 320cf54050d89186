import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { EventStream } from './event-stream.ts';
import { registerHealth } from './health.ts';
import { registerMetrics } from './metrics.ts';
import { registerPage } from './page.ts';
import type { PageFiles } from './page.ts';
import { registerProblems } from './problems.ts';
import { registerRest } from './rest.ts';
import type { View } from './view.ts';

export interface HttpDependencies {
  readonly view: View;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  readonly page: PageFiles;
}

/** Requests are small GETs; anything else is a mistake or an attack. */
const limits = { bodyLimit: 1024, requestTimeout: 10_000, connectionTimeout: 60_000 };

/** The whole HTTP surface, not listening yet. */
export function createHttp(dependencies: HttpDependencies): FastifyInstance {
  const { view, clock, logger, version, page } = dependencies;
  const app = Fastify({
    ...limits,
    routerOptions: { maxParamLength: 255 },
    forceCloseConnections: true,
  });
  const stream = new EventStream(view, clock);
  app.addHook('onClose', async () => stream.close());
  app.addHook('onSend', async (_request, reply) => {
    void reply.headers({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy':
        "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
    });
  });
  registerProblems(app, (error) =>
    logger.error({ err: error }, 'a request failed because of a mistake in the program'),
  );
  registerHealth(app, view);
  registerMetrics(app, view, version, clock);
  registerRest(app, view, stream, version);
  registerPage(app, page);
  return app;
}
