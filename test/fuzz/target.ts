import type { Material } from './mutate.ts';

/** A parser under attack. */
export interface Target extends Material {
  readonly name: string;
  /**
   * Parses an input, and throws where what comes of it breaks a promise; what it returns is measured:
   * it may not be out of all proportion to the input.
   */
  readonly run: (input: string) => unknown;
  /** Set where time is not measured over sizes. */
  readonly growsFreely?: boolean;
  /** How long an input of its size may take, in milliseconds. */
  readonly limitMs: (length: number) => number;
}
