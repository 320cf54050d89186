import { type UserPattern, matchersWith } from '../parsers/user-patterns.ts';
import { answerQuestions } from '../platform/thread.ts';
import { packLines } from './packed-lines.ts';
import {
  type PieceAnswer,
  type PieceParser,
  type PieceQuestion,
  createPieceParser,
} from './piece-parser.ts';

// A script for a thread of its own, which is told the patterns of the configuration: parses logs
// while what they say goes through the engine.

answerQuestions((patterns: readonly UserPattern[]) => {
  const matchers = matchersWith(patterns);
  const parsers = new Map<number, PieceParser>();
  return ({ log, description, piece }: PieceQuestion): PieceAnswer => {
    const parse = parsers.get(log) ?? createPieceParser(description, matchers, undefined);
    parsers.set(log, parse);
    if (piece === undefined) parsers.delete(log);
    const { known, counts } = parse(piece);
    return { packed: packLines(known), counts };
  };
});
