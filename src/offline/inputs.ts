import { evidenceText } from '../events/evidence.ts';
import type { Matchers } from '../parsers/catalogue.ts';
import type { FileKind } from '../parsers/charon-log.ts';
import type { Files } from '../platform/files.ts';
import type { Gunzip } from '../platform/gunzip.ts';
import {
  type Bytes,
  InputError,
  fileBytes,
  headOf,
  heldBytes,
  slicedBytes,
  unpackedBytes,
} from './bytes.ts';
import { type Recognised, headBytes, recognise } from './recognise.ts';
import { readTarEntries } from './tar.ts';

/** Something to read: a file, or an entry of an archive (`support.tgz/log/charon.log`). */
export interface Input<Is extends Recognised['is']> {
  /** Safe to show. */
  readonly name: string;
  readonly holds: Recognised & { readonly is: Is };
  /** When it was last written, milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** As it is stored, packed or not. */
  readonly sizeBytes: number;
  readonly bytes: Bytes;
}

/** What was not read, or not to its end, and why: a sentence that begins with the name. */
export interface Problem {
  readonly name: string;
  readonly detail: string;
  /** What was not asked for by its name may well be of no interest. */
  readonly isSkipped: boolean;
}

export interface Found {
  readonly logs: readonly Input<'log'>[];
  readonly outputs: readonly Input<'output'>[];
  readonly problems: readonly Problem[];
}

export interface FindOptions {
  readonly matchers: Matchers;
  readonly timeZone: string;
  /** The kind of log that goes by this file name. */
  readonly kindOf: (name: string) => FileKind | undefined;
}

interface Doors {
  readonly files: Files;
  readonly gunzip: Gunzip;
}

const deepest = 8;
const mostInputs = 2_000;

/** Something that is not yet known to be worth reading. */
interface Candidate {
  readonly name: string;
  readonly modifiedAt: number;
  readonly sizeBytes: number;
  readonly bytes: Bytes;
  readonly isAskedFor: boolean;
  /** Whether it comes out of an archive already. */
  readonly isEntry: boolean;
}

/** Finds what there is to read under the paths: in directories, in archives, packed or not. */
export async function findInputs(
  paths: readonly string[],
  options: FindOptions,
  doors: Doors,
): Promise<Found> {
  const finder = new Finder(options, doors);
  for (const path of paths) await finder.addPath(path, true, 0);
  return finder;
}

class Finder implements Found {
  readonly logs: Input<'log'>[] = [];
  readonly outputs: Input<'output'>[] = [];
  readonly problems: Problem[] = [];
  readonly #options: FindOptions;
  readonly #doors: Doors;
  readonly #seen = new Set<string>();

  constructor(options: FindOptions, doors: Doors) {
    this.#options = options;
    this.#doors = doors;
  }

  async addPath(path: string, isAskedFor: boolean, depth: number): Promise<void> {
    const { files } = this.#doors;
    const opened = files.open(path);
    if (!opened.ok) {
      const names = opened.reason === 'not-a-file' ? files.list(path) : [];
      if (names.length > 0 && depth < deepest) {
        for (const name of names.toSorted()) await this.addPath(join(path, name), false, depth + 1);
      } else {
        this.#complain(path, opened.detail.replace(`${path} `, ''), !isAskedFor);
      }
      return;
    }
    const { device, inode, modifiedAt, sizeBytes } = opened.file.status();
    opened.file.close();
    const identity = `${device}:${inode}`;
    if (this.#seen.has(identity)) return;
    this.#seen.add(identity);
    const bytes = fileBytes(path, files);
    const name = evidenceText(path);
    await this.#add({ name, modifiedAt, sizeBytes, bytes, isAskedFor, isEntry: false });
  }

  #complain(name: string, detail: string, isSkipped: boolean): void {
    this.problems.push({ name: evidenceText(name), detail: evidenceText(detail), isSkipped });
  }

  /** Errors of one input are said, and the others go on. */
  async #add(candidate: Candidate): Promise<void> {
    if (this.logs.length + this.outputs.length >= mostInputs) {
      this.#complain(candidate.name, `is left out: there are more than ${mostInputs} files`, false);
      return;
    }
    try {
      await this.#open(candidate, await headOf(candidate.bytes, headBytes), false);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#complain(candidate.name, error.message, false);
    }
  }

  async #open(candidate: Candidate, head: string, isUnpacked: boolean): Promise<void> {
    const { name, modifiedAt, sizeBytes, bytes, isAskedFor, isEntry } = candidate;
    const { matchers, timeZone, kindOf } = this.#options;
    const expected = kindOf(name.slice(name.lastIndexOf('/') + 1));
    const holds = recognise(head, {
      matchers,
      timeZone,
      modifiedAt,
      expected: expected ?? (isAskedFor ? 'charon' : undefined),
    });
    switch (holds.is) {
      case 'log':
        this.logs.push({ name, holds, modifiedAt, sizeBytes, bytes });
        return;
      case 'output':
        this.outputs.push({ name, holds, modifiedAt, sizeBytes, bytes });
        return;
      case 'gzip': {
        if (isUnpacked) throw new InputError('is packed twice: unpack it first');
        const unpacked = { ...candidate, bytes: unpackedBytes(bytes, this.#doors.gunzip) };
        await this.#open(unpacked, await headOf(unpacked.bytes, headBytes), true);
        return;
      }
      case 'tar':
        if (isEntry) throw new InputError('is an archive in an archive: unpack it first');
        for await (const entry of readTarEntries(bytes.read(0), headBytes)) {
          const isWhole = entry.head.length === entry.sizeBytes;
          await this.#add({
            name: `${name}/${entry.name}`,
            modifiedAt: entry.modifiedAt,
            sizeBytes: entry.sizeBytes,
            bytes: isWhole
              ? heldBytes(copyOf(entry.head))
              : slicedBytes(bytes, entry.offset, entry.sizeBytes),
            isAskedFor: false,
            isEntry: true,
          });
        }
        return;
      case 'empty':
        this.#complain(name, 'is empty', true);
        return;
      case 'other':
        this.#complain(name, holds.what, !isAskedFor);
        return;
      default:
        holds satisfies never;
    }
  }
}

function join(directory: string, name: string): string {
  return `${directory.replace(/\/+$/, '')}/${name}`;
}

/** V8 would keep the whole piece of the archive in memory that the text was cut from. */
function copyOf(text: string): string {
  return ` ${text}`.slice(1);
}
