import { parseConfig } from '../config/parse.ts';
import type { Overrides } from '../config/parse.ts';
import { ConfigError } from '../config/config-error.ts';
import type { Config } from '../config/config.ts';
import { compileUserPatterns } from '../parsers/user-patterns.ts';
import type { Files } from '../platform/files.ts';
import { isSchedule } from '../sources/scheduler.ts';

/** Where the configuration is when no flag says so. */
const defaultConfigFile = '/etc/tunnelwarden/tunnelwarden.yaml';

/**
 * Reads and checks the configuration file; no file at all is the default configuration, unless
 * one was asked for.
 * @throws ConfigError with every problem at once.
 */
export function loadConfig(file: string | undefined, overrides: Overrides, files: Files): Config {
  const read = files.readText(file ?? defaultConfigFile);
  if (!read.ok && file !== undefined) {
    throw new ConfigError(file, [{ path: '', line: undefined, message: read.detail }]);
  }
  const text = read.ok ? read.text : '';
  return parseConfig(file ?? defaultConfigFile, text, overrides, {
    timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    isSchedule,
    patternProblem(pattern) {
      const compiled = compileUserPatterns([pattern]);
      return compiled.ok ? undefined : compiled.problems[0]?.problem;
    },
  });
}
