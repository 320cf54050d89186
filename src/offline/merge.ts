/** Something with a moment, milliseconds since the epoch. */
interface Dated {
  readonly at: number;
}

/** A sequence that is read piece by piece, and mostly in the order of its items' moments. */
export interface Sequence<T extends Dated> {
  /** Nothing is read before the merge has come to this moment. */
  readonly startsAt: number;
  read(): AsyncIterable<readonly T[]>;
}

/**
 * Merges sequences into one in the order of time, and hands that on piece by piece. The order
 * within a sequence is kept, whatever its moments say: an item that is dated before its
 * predecessor counts as of the same moment. Of one moment, the sequence that starts first has the
 * first word: so rotated generations of a log need no names to stand in their order. In memory is
 * one piece of each sequence that the merge is in the middle of.
 */
export async function* mergeSequences<T extends Dated>(
  sequences: readonly Sequence<T>[],
): AsyncGenerator<readonly T[]> {
  const waiting = sequences.toSorted((a, b) => a.startsAt - b.startsAt);
  const running: Run<T>[] = [];
  for (;;) {
    const first = earliest(running);
    const next = waiting[0];
    if (next !== undefined && (first === undefined || next.startsAt < first.moment)) {
      waiting.shift();
      running.push(await Run.start(next));
    } else if (first === undefined) {
      return;
    } else if (first.isOver) {
      running.splice(running.indexOf(first), 1);
    } else {
      yield first.takeUntil(limitOf(running, first, next));
      await first.fill();
    }
  }
}

function earliest<T extends Dated>(running: readonly Run<T>[]): Run<T> | undefined {
  let first: Run<T> | undefined;
  for (const run of running) {
    if (run.isOver) return run;
    if (first === undefined || run.moment < first.moment) first = run;
  }
  return first;
}

/** Up to when the first sequence may be taken before another one has its turn. */
function limitOf<T extends Dated>(
  running: readonly Run<T>[],
  first: Run<T>,
  next: Sequence<T> | undefined,
): { readonly moment: number; readonly inclusive: boolean } {
  let moment = next === undefined ? Number.POSITIVE_INFINITY : next.startsAt;
  let inclusive = true;
  let isAfterFirst = false;
  for (const run of running) {
    if (run === first) isAfterFirst = true;
    else if (run.moment < moment || (run.moment === moment && !isAfterFirst)) {
      moment = run.moment;
      inclusive = isAfterFirst;
    }
  }
  return { moment, inclusive };
}

/** One sequence in the course of being merged. */
class Run<T extends Dated> {
  readonly #pieces: AsyncIterator<readonly T[]>;
  #piece: readonly T[] = [];
  #used = 0;
  #moment = Number.NEGATIVE_INFINITY;
  #isOver = false;

  private constructor(pieces: AsyncIterator<readonly T[]>) {
    this.#pieces = pieces;
  }

  static async start<U extends Dated>(sequence: Sequence<U>): Promise<Run<U>> {
    const run = new Run<U>(sequence.read()[Symbol.asyncIterator]());
    await run.fill();
    return run;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Of the next item. */
  get moment(): number {
    return this.#moment;
  }

  /** The items up to a moment that are in memory: at least one. */
  takeUntil({ moment, inclusive }: { moment: number; inclusive: boolean }): readonly T[] {
    const start = this.#used;
    do {
      this.#used += 1;
      if (this.#used === this.#piece.length) break;
      this.#moment = Math.max(this.#moment, this.#piece[this.#used]!.at);
    } while (inclusive ? this.#moment <= moment : this.#moment < moment);
    return this.#piece.slice(start, this.#used);
  }

  /** Makes sure that there is a next item, unless it is over. */
  async fill(): Promise<void> {
    while (this.#used === this.#piece.length && !this.#isOver) {
      const next = await this.#pieces.next();
      if (next.done === true) this.#isOver = true;
      else {
        this.#piece = next.value;
        this.#used = 0;
        const [item] = this.#piece;
        if (item !== undefined) this.#moment = Math.max(this.#moment, item.at);
      }
    }
  }
}
