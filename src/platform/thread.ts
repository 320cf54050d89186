import { Worker, parentPort } from 'node:worker_threads';

/** A thread of this process, which answers questions in their order. Both are copied on their way. */
export interface Thread<Question, Answer> {
  /** The first question starts the thread. Rejects where the thread ends before it has answered. */
  readonly ask: (question: Question) => Promise<Answer>;
  readonly end: () => void;
}

/** A thread that runs a script of ours, which calls `answerQuestions`. */
export function createThread<Question, Answer>(script: URL): Thread<Question, Answer> {
  const waiting: PromiseWithResolvers<Answer>[] = [];
  let worker: Worker | undefined;

  function fail(error: unknown): void {
    for (const { reject } of waiting.splice(0)) reject(error);
  }

  function start(): Worker {
    const started = new Worker(script);
    started.on('message', (answer: Answer) => waiting.shift()?.resolve(answer));
    started.on('error', fail);
    started.on('exit', () => fail(new Error(`the thread of ${script.pathname} has ended`)));
    return started;
  }

  return {
    ask: async (question) => {
      worker ??= start();
      const asked = Promise.withResolvers<Answer>();
      waiting.push(asked);
      worker.postMessage(question);
      return asked.promise;
    },
    end: () => void worker?.terminate(),
  };
}

/** In such a thread: answers every question. What `answerOf` throws ends the thread. */
export function answerQuestions(answerOf: (question: any) => unknown): void {
  parentPort?.on('message', (question) => parentPort?.postMessage(answerOf(question)));
}
