import type { Config } from '../config/config.ts';
import type { FileKind } from '../parsers/charon-log.ts';
import { matchersWith } from '../parsers/user-patterns.ts';
import type { Files } from '../platform/files.ts';
import type { Gunzip } from '../platform/gunzip.ts';
import { meteredBytes } from './bytes.ts';
import { type Input, type Problem, findInputs } from './inputs.ts';
import { LogReader } from './log-reader.ts';
import { unpackLines } from './packed-lines.ts';
import {
  type ParsedPiece,
  type PieceAnswer,
  type PieceQuestion,
  type UnknownLine,
  createPieceParser,
} from './piece-parser.ts';
import { isLong } from './second-thread.ts';

/** The doors to the outside, and who wants to know what goes on. */
export interface Doors {
  readonly files: Files;
  readonly gunzip: Gunzip;
  /** Called with the number of bytes of logs, unpacked, that have been read since the last call. */
  readonly onRead: (bytes: number) => void;
  readonly onUnknown?: (line: UnknownLine) => void;
  /** Has a thread of its own parse a piece (parsing-thread.ts); without it everything is parsed here. */
  readonly parseBeside?: (question: PieceQuestion) => Promise<PieceAnswer>;
}

export interface OpenedInputs {
  readonly logs: readonly LogReader[];
  readonly outputs: readonly Input<'output'>[];
  readonly problems: readonly Problem[];
}

/** Enough for neither thread to wait for the other. */
const piecesAhead = 8;

/** Finds what there is under the paths; nothing but the beginnings has been read then. */
export async function openInputs(
  paths: readonly string[],
  config: Config,
  { files, gunzip, onRead, onUnknown, parseBeside }: Doors,
): Promise<OpenedInputs> {
  const { timeZone, patterns } = config.logs;
  const matchers = matchersWith(patterns);
  const options = { matchers, timeZone, kindOf: kindByName(config) };
  const found = await findInputs(paths, options, { files, gunzip });
  const logs = found.logs.map(({ name, holds, modifiedAt, sizeBytes, bytes }, log) => {
    const { kind, startsAt } = holds;
    const description = { name, kind, modifiedAt, zone: timeZone };
    const reader = { name, kind, startsAt, bytes: meteredBytes(bytes, onRead) };
    if (parseBeside === undefined || !isLong(sizeBytes)) {
      const parse = createPieceParser(description, matchers, onUnknown);
      return new LogReader({ ...reader, parse, piecesAhead: 0 });
    }
    const parse = async (piece: string | undefined): Promise<ParsedPiece> => {
      const { packed, counts } = await parseBeside({ log, description, piece });
      return { known: unpackLines(packed, name), counts };
    };
    return new LogReader({ ...reader, parse, piecesAhead });
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
