import type { Matchers } from '../parsers/catalogue.ts';
import { matchersWith } from '../parsers/user-patterns.ts';
import { answerQuestions } from '../platform/thread.ts';
import { packLines } from './packed-lines.ts';
import { type PieceAnswer, type PieceQuestion, createPieceParser } from './piece-parser.ts';

// A script for a thread of its own: parses logs while what they say goes through the engine.

const parsers = new Map<number, ReturnType<typeof createPieceParser>>();
let matchers: Matchers | undefined;

answerQuestions(({ log, description, patterns, piece }: PieceQuestion): PieceAnswer => {
  matchers ??= matchersWith(patterns);
  const parse = parsers.get(log) ?? createPieceParser(description, matchers, undefined);
  parsers.set(log, parse);
  if (piece === undefined) parsers.delete(log);
  const { known, counts } = parse(piece);
  return { packed: packLines(known), counts };
});
