import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TunnelConfig } from '../../src/config/config.ts';
import { Journals } from '../../src/diagnosis/journals.ts';
import type { PeerDiagnoses } from '../../src/diagnosis/journals.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { EngineConfig } from '../../src/engine/engine.ts';
import type { TunnelEvent } from '../../src/events/tunnel-event.ts';
import { createMatchers } from '../../src/parsers/catalogue.ts';
import { createLogParser } from '../../src/parsers/charon-log.ts';
import { engineConfig, nothingSaved, tunnelConfig } from './engine.ts';

const matchers = createMatchers([]);
const fixtures = join(import.meta.dirname, '../fixtures/charon-log');

/** The events of a recorded log, up to the end of the recording, when charon was stopped. */
export function recordedEvents(name: string): readonly TunnelEvent[] {
  return parseLog(readFileSync(join(fixtures, `${name}.log`), 'utf8'));
}

/** The events of the lines of a log, as they are read a day later. */
export function parseLog(text: string): readonly TunnelEvent[] {
  const parser = createLogParser({ kind: 'charon', zone: 'UTC', matchers });
  const readAt = Date.UTC(2026, 10, 24);
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.includes('received, shutting down'))
    .flatMap((line, index) => {
      const { event } = parser.parse(line, { file: 'charon.log', line: index + 1, readAt });
      return event === undefined ? [] : [event];
    });
}

export interface Diagnosed {
  readonly engine: Engine;
  readonly journals: Journals;
  readonly feed: (...events: readonly TunnelEvent[]) => void;
  readonly of: (tunnel: string) => readonly Diagnosis[];
  readonly peers: () => readonly PeerDiagnoses[];
}

/** An engine and its journals, fed by hand; time is that of the newest event. */
export function diagnosed(config: EngineConfig): Diagnosed {
  const engine = new Engine(config, nothingSaved, 0);
  const journals = new Journals([]);
  journals.take(engine.configure(config, 0), engine);
  let now = 0;
  const apply = (event: TunnelEvent): void => {
    now = Math.max(now, event.at);
    journals.observe(event, engine.apply(event), engine);
  };
  return {
    engine,
    journals,
    feed(...events) {
      for (const event of events) {
        while (engine.wakeAt !== undefined && engine.wakeAt < event.at) {
          apply({ kind: 'tick', at: engine.wakeAt });
        }
        apply(event);
      }
    },
    of: (tunnel) => journals.ofTunnel(tunnel, engine, [], now),
    peers: () => journals.ofPeers(now),
  };
}

/** Tunnels that are known by the logs alone. */
export function logsOnly(...tunnels: readonly (readonly [string, Partial<TunnelConfig>?])[]) {
  return engineConfig({
    tunnels: tunnels.map(([name, more = {}]) => tunnelConfig(name, more)),
    discover: false,
    saSources: [],
  });
}

/** `code confidence` of what is present. */
export function present(diagnoses: readonly Diagnosis[]): readonly string[] {
  return diagnoses
    .filter(({ until }) => until === undefined)
    .map(({ code, confidence }) => `${code} ${confidence}`);
}
