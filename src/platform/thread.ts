import { availableParallelism } from 'node:os';
import { Worker, parentPort, workerData } from 'node:worker_threads';

/** A thread of this process, which answers questions in their order. Both are copied on their way. */
export interface Thread<Question, Answer> {
  /** Starts the thread, which takes a while, ahead of the first question. */
  readonly start: () => void;
  /** Starts the thread unless it runs. Rejects where the thread has ended before it has answered. */
  readonly ask: (question: Question) => Promise<Answer>;
  readonly end: () => void;
}

/** Whether a second thread has a processor to run on. */
export function hasSecondProcessor(): boolean {
  return availableParallelism() > 1;
}

/** A thread that runs a script of ours, which calls `answerQuestions`; it is told `setup` once. */
export function createThread<Question, Answer>(
  script: URL,
  setup: unknown,
): Thread<Question, Answer> {
  const ended = new Error(`the thread of ${script.pathname} has ended`);
  const waiting: PromiseWithResolvers<Answer>[] = [];
  let worker: Worker | undefined;
  let hasEnded = false;

  function fail(error: unknown): void {
    hasEnded = true;
    for (const { reject } of waiting.splice(0)) reject(error);
  }

  function started(): Worker {
    if (worker !== undefined) return worker;
    worker = new Worker(script, { workerData: setup });
    worker.on('message', (answer: Answer) => waiting.shift()?.resolve(answer));
    worker.on('error', fail);
    worker.on('exit', () => fail(ended));
    return worker;
  }

  return {
    start: () => void started(),
    ask: async (question) => {
      if (hasEnded) throw ended;
      const asked = Promise.withResolvers<Answer>();
      waiting.push(asked);
      started().postMessage(question);
      return asked.promise;
    },
    end: () => void worker?.terminate(),
  };
}

/** In such a thread: answers every question. What `prepare` or its result throws ends the thread. */
export function answerQuestions(prepare: (setup: any) => (question: any) => unknown): void {
  if (parentPort === null) return;
  const port = parentPort;
  const answerOf = prepare(workerData);
  port.on('message', (question) => port.postMessage(answerOf(question)));
}
