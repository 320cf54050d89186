import type { TestContext } from 'node:test';
import { Journals } from '../../src/diagnosis/journals.ts';
import type { EngineConfig } from '../../src/engine/engine.ts';
import { Pipeline } from '../../src/pipeline.ts';
import type { PipelineDependencies } from '../../src/pipeline.ts';
import type { StoredChange } from '../../src/store/history.ts';
import type { Commit, CommitResult, Store } from '../../src/store/store.ts';
import { captureLogger } from './capture-logger.ts';
import { engineConfig, nothingSaved, startEngine, tunnelConfig } from './engine.ts';
import { short } from './engine-run.ts';
import { noon } from './events.ts';
import { FakeClock } from './fake-clock.ts';
import { openStore } from './store.ts';
import { tempDirectory } from './temp-directory.ts';

const second = 1000;
export const day = 86_400 * second;
/** One tunnel of one child, known from the logs alone. */
export const one = engineConfig({
  tunnels: [tunnelConfig('T', { children: ['T-1'] })],
  discover: false,
  saSources: [],
});

/** A pipeline over a real engine and a real store; nothing is pending. */
export function piped(
  t: TestContext,
  config: EngineConfig = one,
  more: Partial<PipelineDependencies> = {},
) {
  const clock = new FakeClock();
  const logger = captureLogger();
  const store = openStore(`${tempDirectory(t)}/x.db`);
  const engine = startEngine(config, nothingSaved, noon - day);
  engine.takeDirty();
  const journals = new Journals([]);
  const pipeline = new Pipeline({ engine, journals, store, clock, logger, ...more });
  pipeline.start();
  t.after(() => {
    pipeline.close();
    store.close();
  });
  const stored: StoredChange[] = [];
  pipeline.subscribe((changes) => stored.push(...changes));
  const history = (): readonly string[] =>
    store.history.after(0, 10_000).map((change) => short(change));
  return { clock, logger, store, engine, journals, pipeline, stored, history };
}

/** A store that keeps commits in memory, and fails when it is told to. */
export function moodyStore() {
  const commits: Commit[] = [];
  let id = 0;
  const store = {
    fails: false,
    deletions: 0,
    commits,
    commit(commit: Commit): CommitResult {
      if (store.fails) return { ok: false, detail: 'database or disk is full' };
      commits.push({ ...commit, changes: [...commit.changes] });
      return { ok: true, stored: commit.changes.map((change) => ({ ...change, id: ++id })) };
    },
    deleteSome(): boolean {
      store.deletions += 1;
      return store.deletions % 4 !== 0;
    },
  } satisfies Pick<Store, 'commit' | 'deleteSome'> & Record<string, unknown>;
  return store;
}
