import type { TestContext } from 'node:test';
import { createFindings } from '../../src/diagnosis/findings.ts';
import { Journals } from '../../src/diagnosis/journals.ts';
import type { Engine, EngineConfig } from '../../src/engine/engine.ts';
import { takeSnapshot } from '../../src/engine/snapshot.ts';
import type { TunnelEvent } from '../../src/events/tunnel-event.ts';
import type { LogView, SourceView, View } from '../../src/outputs/view.ts';
import { Pipeline } from '../../src/pipeline.ts';
import { Store } from '../../src/store/store.ts';
import { captureLogger } from './capture-logger.ts';
import { engineConfig, startEngine } from './engine.ts';
import { noon } from './events.ts';
import { FakeClock } from './fake-clock.ts';

/** What outputs read, as app.ts joins it: a real engine, pipeline and store; a clock by hand. */
export interface SeededView {
  readonly view: View;
  readonly engine: Engine;
  readonly clock: FakeClock;
  readonly configure: (config: EngineConfig) => void;
  /** Applies events and commits what comes of them. */
  readonly feed: (...events: readonly TunnelEvent[]) => void;
}

export const statusall: SourceView = {
  name: 'statusall',
  required: true,
  standby: false,
  serving: true,
  up: true,
  lastSuccessAt: noon,
  durationMs: 42,
  runs: 7,
  failures: 1,
  skipped: 2,
  problem: undefined,
};

/** A source that has never answered. */
export const blind: SourceView = {
  name: 'interfaces',
  required: true,
  standby: false,
  serving: undefined,
  up: false,
  lastSuccessAt: undefined,
  durationMs: undefined,
  runs: 1,
  failures: 1,
  skipped: 0,
  problem: 'ip is not installed or not in the PATH',
};

export const charonLog: LogView = {
  path: '/log/charon.log',
  problem: undefined,
  matched: 30,
  ignored: 20,
  unknown: 10,
  lagBytes: 5,
  rotations: 2,
  lostBytes: 3,
  cutBytes: 1,
};

const missingLog: LogView = {
  ...charonLog,
  path: '/log/dgd.log',
  problem: '/log/dgd.log does not exist',
};

export function seededView(
  context: Pick<TestContext, 'after'>,
  config: EngineConfig = engineConfig(),
  more: Partial<View> = {},
): SeededView {
  const clock = new FakeClock();
  const logger = captureLogger();
  const engine = startEngine(config);
  const journals = new Journals([]);
  const findings = createFindings(engine);
  const limits = { directory: '', retentionMs: 3_600_000, maxBytes: 1_048_576 };
  const store = new Store(':memory:', limits, { setAside: (path) => path, warn: () => undefined });
  const pipeline = new Pipeline({ engine, journals, store, clock, logger });
  context.after(() => {
    pipeline.close();
    store.close();
  });
  const view: View = {
    snapshot: () => takeSnapshot(engine, clock.now()),
    diagnoses: (tunnel) => journals.ofTunnel(tunnel, engine, findings([]), clock.now()),
    findings: () => findings([]),
    platform: () => 'sfos',
    language: () => 'en',
    sources: () => [statusall, blind],
    logs: () => [charonLog, missingLog],
    store: () => ({ ...pipeline.status, sizeBytes: 4096 }),
    config: () => ({ good: true, loadedAt: noon }),
    history: store.history,
    subscribe: (listener) => pipeline.subscribe(listener),
    ...more,
  };
  return {
    view,
    engine,
    clock,
    configure(next) {
      pipeline.configure(next);
      pipeline.commit();
    },
    feed(...events) {
      clock.set(Math.max(clock.now(), ...events.map(({ at }) => at)));
      pipeline.ingest(events);
      pipeline.commit();
    },
  };
}
