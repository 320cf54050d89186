import type { UserPattern } from '../parsers/user-patterns.ts';
import { type Thread, createThread, hasSecondProcessor } from '../platform/thread.ts';
import type { PieceAnswer, PieceQuestion } from './piece-parser.ts';

const script = new URL('./parsing-thread.ts', import.meta.url);

/** To start a thread takes as long as to parse so many bytes. */
const shortBytes = 2_000_000;

/** Whether a log is worth a thread that parses it. */
export function isLong(sizeBytes: number): boolean {
  return sizeBytes >= shortBytes;
}

/**
 * A thread that parses logs, with the patterns of the configuration; none where it has no processor
 * to run on. It starts at once where one of these sizes, in bytes, is worth it, or else when it is
 * asked.
 */
export function createParsingThread(
  patterns: readonly UserPattern[],
  sizes: readonly number[],
): Thread<PieceQuestion, PieceAnswer> | undefined {
  if (!hasSecondProcessor()) return undefined;
  const thread = createThread<PieceQuestion, PieceAnswer>(script, patterns);
  if (sizes.some(isLong)) thread.start();
  return thread;
}
