import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/parse.ts';
import type { Doors } from '../../src/offline/open-inputs.ts';
import { systemFiles } from '../../src/platform/files.ts';
import { gunzip } from '../../src/platform/gunzip.ts';

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));

/** The real doors; nobody looks at the progress. */
export const doors: Doors = { files: systemFiles, gunzip, onRead: () => undefined };

/** A configuration as the command line would have it, in UTC. */
export function configOf(yaml = ''): Config {
  return parseConfig(
    'test.yaml',
    yaml,
    { logDirectory: undefined, stateDirectory: undefined, listen: undefined },
    { timeZone: 'UTC', isSchedule: () => true, patternProblem: () => undefined },
  );
}

/** Path of a recorded file: `charon-log/dpd-v2-fw.log`. */
export function fixture(name: string): string {
  return join(fixtures, name);
}

/** Writes files into a directory: recorded ones by their names, others by their text. */
export function save(
  directory: string,
  files: Readonly<Record<string, { readonly recorded: string } | string>>,
): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    if (typeof content === 'string') writeFileSync(path, content);
    else copyFileSync(fixture(content.recorded), path);
  }
}
