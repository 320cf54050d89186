/** The part of npm `tail` 2.2.6 that we use; it ships no types of its own. */
declare module 'tail' {
  import type { EventEmitter } from 'node:events';

  export interface TailOptions {
    readonly follow?: boolean;
  }

  export class Tail extends EventEmitter {
    constructor(filename: string, options?: TailOptions);
    /** Starts watching; with `flush` it calls `change` at once. */
    watch(startingCursor: number, flush?: boolean): void;
    unwatch(): void;
    /** Called when the file has been written to. */
    change(): void;
    rename(filename: string): void;
    latestPosition(): number;
  }
}
