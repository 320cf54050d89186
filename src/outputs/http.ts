import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { EventStream } from './event-stream.ts';
import { registerHealth } from './health.ts';
import { registerMetrics } from './metrics.ts';
import { registerPage } from './page.ts';
import type { PageFiles } from './page.ts';
import { refuse, registerProblems, sendProblem } from './problems.ts';
import { registerRest } from './rest.ts';
import { securityHeaders } from './security-headers.ts';
import type { View } from './view.ts';

export interface HttpDependencies {
  readonly view: View;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  readonly page: PageFiles;
}

/** Requests are small GETs; one that takes longer is a mistake or an attack. */
const limits = { requestTimeout: 10_000, connectionTimeout: 60_000 };

/** Node refuses more than 16 KiB of address and headers; within that a name may have any length. */
const longestName = 16_384;

/** The whole HTTP surface, not listening yet. */
export function createHttp(dependencies: HttpDependencies): FastifyInstance {
  const { view, clock, logger, version, page } = dependencies;
  const app = Fastify({
    ...limits,
    routerOptions: { maxParamLength: longestName },
    // A parameter that is misspelt, or given twice, is not to be left out in silence.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true } },
    frameworkErrors: (error, _request, reply) =>
      void sendProblem(reply, 'invalid-request', error.message),
    clientErrorHandler: refuse,
    forceCloseConnections: true,
  });
  const stream = new EventStream(view, clock);
  app.addHook('onClose', async () => stream.close());
  app.addHook('onSend', async (_request, reply) => {
    void reply.headers(securityHeaders);
  });
  registerProblems(app, (error) =>
    logger.error({ err: error }, 'a request failed because of a mistake in the program'),
  );
  registerHealth(app, view);
  registerMetrics(app, { view, stream, clock, version });
  registerRest(app, view, stream, version);
  registerPage(app, page);
  return app;
}
