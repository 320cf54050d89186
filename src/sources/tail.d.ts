/** The part of npm `tail` 2.2.6 that we use; it ships no types of its own. */
declare module 'tail' {
  import type { EventEmitter } from 'node:events';

  export interface TailOptions {
    /** `null`: each `line` event carries a raw chunk instead of a line. */
    readonly separator?: string | RegExp | null;
    readonly encoding?: BufferEncoding;
    readonly follow?: boolean;
  }

  export class Tail extends EventEmitter {
    constructor(filename: string, options?: TailOptions);
    /** Up to where reading has been ordered. */
    currentCursorPos: number;
    /** Blocks that are being read or wait for it. */
    queue: { readonly start: number; readonly end: number }[];
    /** Starts watching; with `flush` it reads what is there already. */
    watch(startingCursor: number, flush?: boolean): void;
    unwatch(): void;
    /** Orders the reading of what has been appended. */
    change(): void;
    rename(filename: string): void;
    latestPosition(): number;
  }
}
