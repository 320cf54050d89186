import { answerQuestions } from '../../src/platform/thread.ts';

// A script for a thread that multiplies numbers by one that it is told, and takes no negative ones.

answerQuestions((factor: number) => (number: number) => {
  if (number < 0) throw new Error(`${number} is negative`);
  return factor * number;
});
