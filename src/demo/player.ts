import type { Clock, Timer } from '../platform/clock.ts';
import type { Entry, Mark, Recording } from './recording.ts';
import { createRenewal, stamped } from './renewal.ts';

/** Where the player writes, by the names of the recording. */
export interface Stage {
  append(name: string, text: string): void;
  /** At once or not at all, whoever reads meanwhile. */
  replace(name: string, text: string): void;
  /** Moves a file out of the way, and begins an empty one under its name. */
  rotate(name: string): void;
}

export interface PlayerDependencies {
  readonly clock: Clock;
  readonly stage: Stage;
  readonly onMark: (mark: Mark) => void;
}

/** Plays a recorded appliance in real time, again and again, as if its time went on. */
export class Player {
  readonly #recording: Recording;
  readonly #dependencies: PlayerDependencies;
  readonly #lineFiles: readonly string[];
  #timer: Timer | undefined;
  #loop = 0;
  #renew = createRenewal(0);
  /** By the monotonic clock. */
  #beganAt = 0;
  #next = 0;

  constructor(recording: Recording, dependencies: PlayerDependencies) {
    this.#recording = recording;
    this.#dependencies = dependencies;
    const names = recording.entries.flatMap((entry) => (entry.kind === 'line' ? entry.name : []));
    this.#lineFiles = [...new Set(names)];
  }

  /** Writes one repetition's log lines as if they had been played until now. */
  writeHistory(): void {
    const { clock, stage } = this.#dependencies;
    const { entries, durationMs } = this.#recording;
    const began = clock.now() - durationMs;
    for (const entry of entries) {
      if (entry.kind !== 'line') continue;
      stage.append(entry.name, `${stamped(entry.text, began + entry.at)}\n`);
    }
  }

  /** What is shown at the beginning is there when this returns. */
  start(): void {
    this.#begin(1);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #begin(loop: number): void {
    const { clock, stage } = this.#dependencies;
    this.#loop = loop;
    this.#renew = createRenewal(loop);
    this.#beganAt = clock.monotonicMs();
    this.#next = 0;
    if (loop > 1) for (const name of this.#lineFiles) stage.rotate(name);
    this.#play();
  }

  /** Shows what is due, and sets the alarm for what comes next. */
  #play(): void {
    const { clock } = this.#dependencies;
    const { entries, durationMs } = this.#recording;
    const elapsedMs = clock.monotonicMs() - this.#beganAt;
    const firstLater = entries.findIndex((entry, i) => i >= this.#next && entry.at > elapsedMs);
    const end = firstLater < 0 ? entries.length : firstLater;
    for (const entry of entries.slice(this.#next, end)) this.#show(entry);
    this.#next = end;
    const next = entries[end];
    this.#timer =
      next === undefined
        ? clock.after(durationMs - elapsedMs, () => this.#begin(this.#loop + 1))
        : clock.after(next.at - elapsedMs, () => this.#play());
  }

  #show(entry: Entry): void {
    const { clock, stage, onMark } = this.#dependencies;
    switch (entry.kind) {
      case 'mark':
        onMark(entry);
        return;
      case 'output':
        stage.replace(entry.name, this.#renew(entry.text));
        return;
      case 'line':
        stage.append(entry.name, `${stamped(this.#renew(entry.text), clock.now())}\n`);
        return;
      default:
        entry satisfies never;
    }
  }
}
