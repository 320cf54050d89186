import { createServer as createHttpServer } from 'node:http';
import type { Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyServerFactoryHandler } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Access } from './access.ts';
import type { Certificate } from './certificate.ts';
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
  readonly access: Access;
  /** HTTPS where there is one. */
  readonly certificate: Certificate | undefined;
}

/** Requests are small GETs; one that takes longer is a mistake or an attack. */
const serverOptions = {
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 30_000,
  /** How often requests that are late are looked for. */
  connectionsCheckingInterval: 2000,
} as const;
/** A connection on which nothing moves, an answer that is not read among them, is cut after this long. */
const idleTimeoutMs = 60_000;
const mostConnections = 256;

/** Node refuses more than 16 KiB of address and headers; within that a name may have any length. */
const longestName = 16_384;

/** The whole HTTP surface, not listening yet. */
export function createHttp(dependencies: HttpDependencies): FastifyInstance {
  const { view, clock, logger, version, page, access, certificate } = dependencies;
  const app = Fastify({
    serverFactory: (handle) => createServer(handle, certificate),
    routerOptions: { maxParamLength: longestName },
    // A parameter that is misspelt, or given twice, is not to be left out in silence.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true } },
    frameworkErrors: (error, _request, reply) =>
      void sendProblem(reply, 'invalid-request', error.message),
    clientErrorHandler: refuse,
    forceCloseConnections: true,
  });
  const stream = new EventStream(view, clock);
  app.addHook('onClose', async () => {
    stream.close();
    certificate?.close();
  });
  app.addHook('onSend', async (_request, reply) => {
    void reply.headers(securityHeaders);
  });
  app.addHook('onRequest', async ({ socket, routeOptions, headers }, reply) => {
    const refusal = await access.refusal({
      address: socket.remoteAddress ?? '',
      route: routeOptions.url,
      host: headers.host,
      authorization: headers.authorization,
    });
    if (refusal === undefined) return undefined;
    return sendProblem(reply.headers(refusal.headers), refusal.code, refusal.detail);
  });
  registerProblems(app, (error) =>
    logger.error({ err: error }, 'a request failed because of a mistake in the program'),
  );
  registerHealth(app, view);
  registerMetrics(app, { view, stream, clock, version, access });
  registerRest(app, view, stream, version);
  registerPage(app, page);
  return app;
}

function createServer(
  handle: FastifyServerFactoryHandler,
  certificate: Certificate | undefined,
): Server {
  if (certificate === undefined) return limited(createHttpServer(serverOptions, handle));
  const tls = { handshakeTimeout: 10_000, minVersion: 'TLSv1.2' } as const;
  const server = createHttpsServer({ ...serverOptions, ...tls, ...certificate.pair }, handle);
  certificate.follow(server);
  return limited(server);
}

function limited<T extends Server>(server: T): T {
  server.maxConnections = mostConnections;
  server.setTimeout(idleTimeoutMs);
  return server;
}
