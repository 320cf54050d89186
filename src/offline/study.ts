import type { Config } from '../config/config.ts';
import type { InventoryFile } from '../events/inventory.ts';
import type { TunnelEvent } from '../events/tunnel-event.ts';
import { InputError, wholeOf } from './bytes.ts';
import type { Input, Problem } from './inputs.ts';
import type { LogReader } from './log-reader.ts';
import { type Sequence, mergeSequences } from './merge.ts';
import { type Doors, openInputs } from './open-inputs.ts';
import { type Seen, readOutput } from './outputs.ts';
import type { OutputKind } from './recognise.ts';
import { Replay } from './replay.ts';

/** An output of a command that was read. */
interface ReadOutput {
  readonly name: string;
  readonly kind: OutputKind;
  /** The file's own time, milliseconds since the epoch. */
  readonly at: number;
  readonly seen: Seen & { readonly ok: true };
}

/** Everything that the files told. */
export interface Study {
  readonly logs: readonly LogReader[];
  readonly outputs: readonly ReadOutput[];
  readonly problems: readonly Problem[];
  readonly replay: Replay;
}

/** Longer outputs are no outputs of these commands: 10,000 SAs make some 5 MB. */
const mostOutputBytes = 64 * 1024 * 1024;

/**
 * Reads everything under the paths, and takes it through the engine in the order of time.
 * `inventory`: exports of what should exist; without them and a configuration, the names come from
 * what is read.
 */
export async function studyFiles(
  paths: readonly string[],
  config: Config,
  inventory: readonly InventoryFile[],
  doors: Doors,
): Promise<Study> {
  const { logs, outputs: found, problems } = await openInputs(paths, config, doors);
  const outputs: ReadOutput[] = [];
  const unread: Problem[] = [];
  for (const input of found) {
    const read = await readSaved(input);
    if ('detail' in read) unread.push(read);
    else outputs.push(read);
  }
  const observed = outputs.flatMap(({ seen: { observation } }): Sequence<TunnelEvent>[] => {
    if (observation === undefined) return [];
    return [{ startsAt: observation.at, read: () => once([observation]) }];
  });
  const sequences: Sequence<TunnelEvent>[] = [...logs, ...observed];
  const begin = Math.min(...sequences.map(({ startsAt }) => startsAt));
  const connections = outputs.flatMap(({ seen }) => seen.connections);
  const replay = new Replay(config, inventory, connections, Number.isFinite(begin) ? begin : 0);
  for await (const events of mergeSequences(sequences)) replay.apply(events);
  replay.finish();
  const damaged = logs.flatMap(({ problem }) => problem ?? []);
  return { logs, outputs, problems: [...problems, ...unread, ...damaged], replay };
}

async function readSaved(input: Input<'output'>): Promise<ReadOutput | Problem> {
  const {
    name,
    holds: { kind },
    modifiedAt,
    bytes,
  } = input;
  try {
    const text = await wholeOf(bytes, mostOutputBytes);
    const seen = readOutput({ kind, name, at: modifiedAt, text });
    if (!seen.ok) return { name, detail: seen.detail, isSkipped: false };
    return { name, kind, at: modifiedAt, seen };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { name, detail: error.message, isSkipped: false };
  }
}

async function* once<T>(items: readonly T[]): AsyncGenerator<readonly T[]> {
  yield items;
}
