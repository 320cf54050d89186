import type { InventoryFile } from '../events/inventory.ts';
import type { Clock, Timer } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { loadInventory } from './inventory-load.ts';
import type { InventoryDependencies, InventoryReading, InventorySource } from './inventory-load.ts';

export interface InventoryWatchDependencies extends InventoryDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when one of the sources has been read anew, with what all of them say. */
  readonly onChange: (files: readonly InventoryFile[]) => void;
}

const lookEveryMs = 5000;

interface Held {
  readonly source: InventorySource;
  /** Undefined before the first look. */
  readonly reading: InventoryReading | undefined;
}

/** SFOS exports and connection files, read at the start and again when they have changed. */
export class InventoryWatch {
  readonly #dependencies: InventoryWatchDependencies;
  #held: ReadonlyMap<string, Held> = new Map();
  #timer: Timer | undefined;
  #stopped = false;

  constructor(sources: readonly InventorySource[], dependencies: InventoryWatchDependencies) {
    this.#dependencies = dependencies;
    this.#held = this.#kept(sources);
  }

  /** Goes on with other sources; what is known of those that stay still holds. */
  follow(sources: readonly InventorySource[]): void {
    this.#held = this.#kept(sources);
    this.#timer?.cancel();
    this.#lookIn(0);
  }

  /** What the sources said when they could last be read. */
  get files(): readonly InventoryFile[] {
    return [...this.#held.values()].flatMap(({ reading }) => reading?.file ?? []);
  }

  /** Reads what has changed since the last look; resolves to whether anything has. */
  async look(): Promise<boolean> {
    let hasChanged = false;
    const held = new Map(this.#held);
    for (const [key, { source, reading }] of held) {
      if ((await reading?.sightings.hold(this.#dependencies)) === true) continue;
      const now = await this.#read(source);
      // One that is gone, or is just being written, still holds as it was.
      held.set(key, { source, reading: { ...now, file: now.file ?? reading?.file } });
      hasChanged ||= now.file !== undefined;
    }
    // Other sources may have been asked for meanwhile.
    this.#held = new Map([...this.#held].map(([key, old]) => [key, held.get(key) ?? old]));
    return hasChanged;
  }

  start(): void {
    this.#lookIn(lookEveryMs);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #kept(sources: readonly InventorySource[]): ReadonlyMap<string, Held> {
    return new Map(
      sources.map((source) => {
        const key = `${source.kind} ${source.path}`;
        return [key, this.#held.get(key) ?? { source, reading: undefined }];
      }),
    );
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

  async #read(source: InventorySource): Promise<InventoryReading> {
    const { logger } = this.#dependencies;
    const reading = await loadInventory(source, this.#dependencies);
    const { path } = source;
    if (reading.file === undefined)
      logger.warn({ file: path }, `the inventory stays as it was: ${reading.detail}`);
    for (const problem of reading.file?.problems ?? []) {
      logger.warn({ file: path }, source.kind === 'entities' ? `${path}: ${problem}` : problem);
    }
    return reading;
  }
}
