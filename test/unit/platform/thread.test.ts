import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createThread } from '../../../src/platform/thread.ts';

const script = new URL('../../helpers/multiplying-thread.ts', import.meta.url);

test('answers come in the order of the questions', async (context) => {
  const thread = createThread<number, number>(script, 2);
  context.after(() => thread.end());
  assert.deepEqual(await Promise.all([1, 2, 3].map(thread.ask)), [2, 4, 6]);
  assert.equal(await thread.ask(4), 8);
});

test('a mistake in the thread ends it, and everything that waits is told', async () => {
  const thread = createThread<number, number>(script, 2);
  const answers = await Promise.allSettled([-2, 3].map(thread.ask));
  assert.deepEqual(
    answers.map((answer) => (answer.status === 'rejected' ? answer.reason.message : answer.value)),
    ['-2 is negative', '-2 is negative'],
  );
  await assert.rejects(thread.ask(4), /has ended$/);
});

test('a thread that is ended answers no more', async () => {
  const thread = createThread<number, number>(script, 2);
  const answer = thread.ask(1);
  thread.end();
  await assert.rejects(answer, /^Error: the thread of .*multiplying-thread\.ts has ended$/);
});

test('a thread that was started ahead answers', async (context) => {
  const thread = createThread<number, number>(script, 2);
  context.after(() => thread.end());
  thread.start();
  assert.equal(await thread.ask(1), 2);
});

test('a thread that was never asked was never started', () => {
  createThread<number, number>(script, 2).end();
});
