import { answerQuestions } from '../../src/platform/thread.ts';

// A script for a thread that doubles numbers, and takes no negative ones.

answerQuestions((number: number) => {
  if (number < 0) throw new Error(`${number} is negative`);
  return 2 * number;
});
