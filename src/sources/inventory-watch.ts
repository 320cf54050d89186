import type { InventoryFile } from '../events/inventory.ts';
import { createEntitiesReader } from '../parsers/inventory/entities.ts';
import type { Clock, Timer } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import type { FileStatus } from '../platform/open-file.ts';
import type { Logger } from '../platform/logger.ts';

export interface InventoryWatchDependencies {
  readonly clock: Clock;
  readonly files: Pick<Files, 'status' | 'readText'>;
  readonly logger: Logger;
  /** Called when one of the files has been read anew, with all of them. */
  readonly onChange: (files: readonly InventoryFile[]) => void;
}

const lookEveryMs = 5000;

/** So much of a file is parsed between two turns of the event loop: some 20 ms. */
const sliceLength = 131_072;

interface Held {
  readonly status: FileStatus | undefined;
  readonly file: InventoryFile | undefined;
}

/** SFOS exports, read at the start and again when they have changed. */
export class InventoryWatch {
  readonly #dependencies: InventoryWatchDependencies;
  #held: ReadonlyMap<string, Held> = new Map();
  #timer: Timer | undefined;
  #stopped = false;

  constructor(paths: readonly string[], dependencies: InventoryWatchDependencies) {
    this.#dependencies = dependencies;
    this.#held = this.#kept(paths);
  }

  /** Goes on with other paths; what is known of those that stay still holds. */
  follow(paths: readonly string[]): void {
    this.#held = this.#kept(paths);
    this.#timer?.cancel();
    this.#lookIn(0);
  }

  /** What the files said when they could last be read. */
  get files(): readonly InventoryFile[] {
    return [...this.#held.values()].flatMap(({ file }) => file ?? []);
  }

  /** Reads what has changed since the last look; resolves to whether anything has. */
  async look(): Promise<boolean> {
    let hasChanged = false;
    const held = new Map(this.#held);
    for (const [path, { status, file }] of held) {
      const now = this.#dependencies.files.status(path);
      if (isSame(status, now) && file !== undefined) continue;
      const read = await this.#read(path);
      // One that is gone, or is just being written, still holds as it was.
      held.set(path, { status: now, file: read ?? file });
      hasChanged ||= read !== undefined;
    }
    // Other paths may have been asked for meanwhile.
    this.#held = new Map([...this.#held].map(([path, old]) => [path, held.get(path) ?? old]));
    return hasChanged;
  }

  start(): void {
    this.#lookIn(lookEveryMs);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #kept(paths: readonly string[]): ReadonlyMap<string, Held> {
    const nothing: Held = { status: undefined, file: undefined };
    return new Map(paths.map((path) => [path, this.#held.get(path) ?? nothing]));
  }

  #lookIn(ms: number): void {
    this.#timer = this.#dependencies.clock.after(ms, () => void this.#lookAgain());
  }

  async #lookAgain(): Promise<void> {
    const hasChanged = await this.look();
    if (this.#stopped) return;
    if (hasChanged) this.#dependencies.onChange(this.files);
    this.#lookIn(lookEveryMs);
  }

  async #read(path: string): Promise<InventoryFile | undefined> {
    const { files, clock, logger } = this.#dependencies;
    const read = files.readText(path);
    if (!read.ok) {
      logger.warn({ file: path }, `the inventory stays as it was: ${read.detail}`);
      return undefined;
    }
    const reader = createEntitiesReader(path);
    for (let from = 0; from < read.text.length; from += sliceLength) {
      reader.push(read.text.slice(from, from + sliceLength));
      await clock.breathe();
    }
    const file = reader.end();
    for (const problem of file.problems) logger.warn({ file: path }, `${path}: ${problem}`);
    return file;
  }
}

function isSame(a: FileStatus | undefined, b: FileStatus | undefined): boolean {
  return a?.inode === b?.inode && a?.sizeBytes === b?.sizeBytes && a?.modifiedAt === b?.modifiedAt;
}
