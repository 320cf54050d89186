import type { TestContext } from 'node:test';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { loadPage } from '../../src/cli/page-files.ts';
import type { HttpConfig } from '../../src/config/config.ts';
import type { EngineConfig } from '../../src/engine/engine.ts';
import { Access } from '../../src/outputs/access.ts';
import { Certificate } from '../../src/outputs/certificate.ts';
import { createHttp } from '../../src/outputs/http.ts';
import type { View } from '../../src/outputs/view.ts';
import { systemFiles } from '../../src/platform/files.ts';
import { captureLogger } from './capture-logger.ts';
import type { CaptureLogger } from './capture-logger.ts';
import { everyState, feedEveryState } from './every-state.ts';
import { seededView } from './seeded-view.ts';
import type { SeededView } from './seeded-view.ts';

/** Everybody may read everything, whatever the Host header names. */
export const unprotected: HttpConfig = {
  host: '0.0.0.0',
  port: 0,
  isLoopback: false,
  hostNames: [],
  users: [],
  tokenFiles: [],
  open: [],
  tls: undefined,
};

/** The HTTP surface over a seeded view. */
export interface SeededHttp extends SeededView {
  readonly app: FastifyInstance;
  readonly logger: CaptureLogger;
  readonly get: (
    url: string,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<LightMyRequestResponse>;
}

export function seededHttp(
  context: Pick<TestContext, 'after'>,
  config?: EngineConfig,
  more: Partial<View> = {},
  protection: Partial<HttpConfig> = {},
): SeededHttp {
  const seeded = seededView(context, config, more);
  const logger = captureLogger();
  const { view, clock } = seeded;
  const http = { ...unprotected, ...protection };
  const doors = { clock, logger, files: systemFiles };
  const access = new Access(http, doors);
  const certificate = http.tls && new Certificate(http.tls, doors);
  const page = loadPage(systemFiles);
  const app = createHttp({ view, clock, logger, version: '1.2.3', page, access, certificate });
  context.after(() => app.close());
  return { ...seeded, app, logger, get: (url, headers = {}) => app.inject({ url, headers }) };
}

/** Ten tunnels, one in each state. */
export function everyStateHttp(
  context: Pick<TestContext, 'after'>,
  protection: Partial<HttpConfig> = {},
): SeededHttp {
  const seeded = seededHttp(context, { ...everyState, tunnels: [], groups: [] }, {}, protection);
  feedEveryState(seeded);
  return seeded;
}
