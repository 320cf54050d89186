import type { Config } from '../config/config.ts';
import { createMatchers } from '../parsers/catalogue.ts';
import { type FileKind, createLogParser } from '../parsers/charon-log.ts';
import { compileUserPatterns } from '../parsers/user-patterns.ts';
import type { Files } from '../platform/files.ts';
import type { Gunzip } from '../platform/gunzip.ts';
import { meteredBytes } from './bytes.ts';
import { type Input, type Problem, findInputs } from './inputs.ts';
import { LogReader, type UnknownLine } from './log-reader.ts';

/** The doors to the outside, and who wants to know what goes on. */
export interface Doors {
  readonly files: Files;
  readonly gunzip: Gunzip;
  /** Called with the number of bytes of logs, unpacked, that have been read since the last call. */
  readonly onRead: (bytes: number) => void;
  readonly onUnknown?: (line: UnknownLine) => void;
}

export interface OpenedInputs {
  readonly logs: readonly LogReader[];
  readonly outputs: readonly Input<'output'>[];
  readonly problems: readonly Problem[];
}

/** Finds what there is under the paths; nothing but the beginnings has been read then. */
export async function openInputs(
  paths: readonly string[],
  config: Config,
  { files, gunzip, onRead, onUnknown }: Doors,
): Promise<OpenedInputs> {
  const { timeZone, patterns } = config.logs;
  const rules = compileUserPatterns(patterns);
  const matchers = createMatchers(rules.ok ? rules.rules : []);
  const options = { matchers, timeZone, kindOf: kindByName(config) };
  const found = await findInputs(paths, options, { files, gunzip });
  const logs = found.logs.map(({ name, holds: { kind, startsAt }, modifiedAt, bytes }) => {
    const parser = createLogParser({ kind, zone: timeZone, matchers });
    const metered = meteredBytes(bytes, onRead);
    return new LogReader({ name, kind, startsAt, modifiedAt, parser, bytes: metered, onUnknown });
  });
  return { logs, outputs: found.outputs, problems: found.problems };
}

/** By the names of the logs in the configuration; rotation appends to them. */
function kindByName({ logs }: Config): (name: string) => FileKind | undefined {
  const kinds = logs.files.map(({ path, kind }) => ({ kind, base: baseName(path) }));
  return (name) => kinds.find(({ base }) => name.startsWith(base))?.kind;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
