import { App } from '../app.ts';
import type { AppDependencies } from '../app.ts';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/config-error.ts';
import { systemClock } from '../platform/clock.ts';
import { exec, streamLines } from '../platform/exec.ts';
import { systemScratch } from '../platform/scratch.ts';
import { connectSocket } from '../platform/unix-socket.ts';
import { systemFiles } from '../platform/files.ts';
import { createLogger } from '../platform/logger.ts';
import type { Logger } from '../platform/logger.ts';
import {
  isTerminal,
  makeDirectory,
  ownAddresses,
  setAside,
  untilStopped,
} from '../platform/system.ts';
import { loadPage } from './page-files.ts';
import { version } from './version.ts';

/** Runs the daemon until it is told to stop; `load` reads the configuration, now and on SIGHUP. */
export async function run(load: () => Config): Promise<void> {
  const config = load();
  const logger = createLogger({ level: config.logLevel, readable: isTerminal() });
  makeDirectory(config.store.directory);
  const app = new App(config, dependencies(logger));
  const address = await app.start();
  logger.info({ version }, `tunnelwarden ${version} serves ${address}`);
  const signal = await untilStopped(() => reload(app, load, logger));
  logger.info({ signal }, `stopping on ${signal}`);
  await app.close();
}

export function dependencies(logger: Logger): AppDependencies {
  const clock = systemClock;
  return {
    clock,
    files: systemFiles,
    exec,
    streamLines,
    connectSocket,
    scratch: systemScratch,
    logger,
    version,
    page: loadPage(systemFiles),
    ownAddresses,
    setAside: (path) => setAside(path, clock.now()),
  };
}

function reload(app: App, load: () => Config, logger: Logger): void {
  try {
    app.reload(load());
    logger.info({}, 'the configuration was read again');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    app.keepConfig();
    logger.error({}, `the old configuration stays in force: ${error.message}`);
  }
}
