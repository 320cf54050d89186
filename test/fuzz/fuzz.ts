import type { Coverage } from './coverage.ts';
import { mutate } from './mutate.ts';
import type { Random } from './random.ts';
import type { Target } from './target.ts';

/** An input that broke a promise. */
interface Finding {
  readonly target: string;
  readonly kind: 'throws' | 'slow' | 'superlinear' | 'large';
  readonly detail: string;
  readonly input: string;
}

/** An attack on one target; goes on where it stopped. */
export interface Attack {
  readonly target: Target;
  readonly inputs: number;
  /** Inputs that reached code which none before them had. */
  readonly kept: readonly string[];
  readonly findings: readonly Finding[];
  /** Runs so many inputs, fewer when the time is over first: `endsAt`, as `performance.now()` tells. */
  batch(size: number, endsAt?: number): Promise<void>;
}

/** A result may have so many times the size of its input, and this much beside it. */
const mostGrowth = { factor: 40, bytes: 65_536 } as const;
/** The size of one result in so many is measured. */
const measuredOneIn = 16;
const mostKept = 2000;
const mostFindings = 20;
/** The search for the input that reached new code may go on for so long at each halving. */
const halvingMs = 500;

export function createAttack(
  target: Target,
  random: Random,
  coverage: Coverage | undefined,
): Attack {
  const corpus = [...target.corpus];
  const kept: string[] = [];
  const findings: Finding[] = [];
  let inputs = 0;

  const report = (kind: Finding['kind'], detail: string, input: string): void => {
    if (findings.length < mostFindings) findings.push({ target: target.name, kind, detail, input });
  };
  const attempt = async (input: string): Promise<void> => {
    inputs += 1;
    try {
      const startedAt = performance.now();
      const result = target.run(input);
      const value: unknown = result instanceof Promise ? await result : result;
      const ms = performance.now() - startedAt;
      const limitMs = target.limitMs(input.length);
      if (ms > limitMs && (await fastest(target, input, 5)) > limitMs) {
        report('slow', `${ms.toFixed(0)} ms for ${input.length} characters`, input);
      }
      if (inputs % measuredOneIn !== 0) return;
      const size = JSON.stringify(value)?.length ?? 0;
      if (size > mostGrowth.factor * input.length + mostGrowth.bytes) {
        report('large', `${size} bytes of ${input.length} characters`, input);
      }
    } catch (error) {
      report('throws', error instanceof Error ? (error.stack ?? error.message) : '', input);
    }
  };

  /** Runs a batch and keeps what in it reaches new code: halves it until one input is left. */
  const run = async (batch: readonly string[], endsAt: number): Promise<void> => {
    let count = 0;
    for (; count < batch.length && performance.now() < endsAt; count += 1) {
      await attempt(batch[count]!);
    }
    if (coverage === undefined || kept.length >= mostKept || !coverage.hasGrown()) return;
    if (count > 1) {
      const middle = count >> 1;
      await run(batch.slice(0, middle), endsAt + halvingMs);
      await run(batch.slice(middle, count), endsAt + halvingMs);
      return;
    }
    coverage.keep();
    kept.push(...batch);
    corpus.push(...batch);
  };

  return {
    target,
    kept,
    findings,
    get inputs() {
      return inputs;
    },
    async batch(size, endsAt = Number.POSITIVE_INFINITY) {
      const batch = Array.from({ length: size }, () =>
        mutate({ corpus, dictionary: target.dictionary }, random),
      );
      await run(batch, endsAt);
      // What only the batch as a whole reaches would halve every batch from here on.
      coverage?.keep();
      if (target.growsFreely === true || performance.now() > endsAt) return;
      const { detail, input } = await growth(target, random.pick(corpus), random);
      if (detail !== undefined) report('superlinear', detail, input);
    },
  };
}

/** The least time of several runs: what else the machine does only ever adds to it. */
async function fastest({ run }: Target, input: string, runs: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runs; i += 1) {
    const startedAt = performance.now();
    try {
      await run(input);
    } catch {
      // What it throws was or will be reported; here its time counts.
    }
    least = Math.min(least, performance.now() - startedAt);
  }
  return least;
}

/** Twice the input takes twice the time; four times would be quadratic. */
const mostRatio = 3;
/** Less than this is as likely the machine as the parser. */
const leastMs = 10;

/** Repeats a part of an input up to some size, and to twice that size; says so if time grows faster. */
async function growth(
  target: Target,
  seed: string,
  random: Random,
): Promise<{ readonly detail: string | undefined; readonly input: string }> {
  const from = random.below(seed.length + 1);
  const part = seed.slice(from, from + 1 + random.below(random.pick([3, 20, 200]))) || ' ';
  const grown = (size: number): string =>
    seed.slice(0, from) + part.repeat(Math.ceil(size / part.length)) + seed.slice(from);
  let detail: string | undefined;
  for (const size of [16_384, 65_536, 131_072]) {
    const [once, twice] = [grown(size), grown(2 * size)];
    const twiceMs = await fastest(target, twice, 2);
    if (twiceMs < leastMs) return { detail: undefined, input: '' };
    const onceMs = await fastest(target, once, 3);
    if (twiceMs / onceMs < mostRatio) return { detail: undefined, input: '' };
    detail = `${onceMs.toFixed(1)} ms, twice the input ${twiceMs.toFixed(1)} ms`;
  }
  return { detail, input: grown(4096) };
}
