import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { engineConfig } from '../../../src/app.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { demoConfig } from '../../../src/demo/config.ts';
import { Player } from '../../../src/demo/player.ts';
import { parseRecording } from '../../../src/demo/recording.ts';
import { Engine } from '../../../src/engine/engine.ts';
import type { Change } from '../../../src/events/change.ts';
import type { TunnelEvent } from '../../../src/events/tunnel-event.ts';
import { createMatchers } from '../../../src/parsers/catalogue.ts';
import { createLogParser } from '../../../src/parsers/charon-log.ts';
import type { Exec } from '../../../src/platform/exec.ts';
import { InterfaceMonitor } from '../../../src/sources/interface-monitor.ts';
import { lookAtCharon, lookAtInterfaces, lookAtKernel } from '../../../src/sources/looks.ts';
import { captureLogger } from '../../helpers/capture-logger.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

const path = new URL('../../../src/demo/recording/appliance.jsonl', import.meta.url);
export const recordingText: string = readFileSync(path, 'utf8');
export const recording = parseRecording(recordingText);

export const config = parseConfig(
  'demo',
  demoConfig('/demo'),
  { logDirectory: undefined, stateDirectory: undefined, listen: undefined },
  { timeZone: 'UTC', isSchedule: () => true, patternProblem: () => undefined },
);

/** A change, and when it was seen, in milliseconds from the beginning. */
export interface Seen {
  readonly atMs: number;
  readonly change: Change;
}

/** Plays the recording so many times to the real parsers and the real engine, without a wait. */
export async function rehearse(loops: number, pollEveryMs: number): Promise<readonly Seen[]> {
  const clock = new FakeClock();
  const seen: Seen[] = [];
  const outputs = new Map<string, string>();
  const engine = new Engine(
    engineConfig(config),
    { tunnels: [], groups: [], host: undefined, loaded: undefined },
    clock.now(),
  );
  const take = (changes: readonly Change[]): void => {
    seen.push(...changes.map((change) => ({ atMs: clock.monotonicMs(), change })));
  };
  const onEvents = (events: readonly TunnelEvent[]): void => {
    for (const event of events) take(engine.apply(event));
  };
  take(engine.configure(engineConfig(config), clock.now()));

  const exec: Exec = async ([, file = '']) => {
    return { ok: true, status: 0, stdout: outputs.get(basename(file)) ?? '', stderr: '' };
  };
  const { statusall, xfrmState, interfaces } = config.sources;
  const looks = [
    lookAtCharon(statusall!, exec),
    lookAtKernel(xfrmState!, exec),
    lookAtInterfaces(interfaces!, exec),
  ];
  const poll = async (): Promise<void> => {
    for (const look of looks) {
      const looked = await look(clock.now());
      if (!looked.ok) throw new Error(looked.detail);
      onEvents(looked.events);
    }
  };
  let onMonitorLine = (_line: string): void => undefined;
  const monitor = new InterfaceMonitor([], {
    clock,
    logger: captureLogger(),
    onEvents,
    onDoubt: () => void poll(),
    streamLines: (_argv, onLine) => {
      onMonitorLine = onLine;
      return { stop: () => undefined };
    },
  });
  const parser = createLogParser({ kind: 'charon', zone: 'UTC', matchers: createMatchers([]) });
  const player = new Player(recording, {
    clock,
    onMark: () => undefined,
    stage: {
      rotate: () => undefined,
      replace: (name, text) => void outputs.set(name, text),
      append(name, text) {
        const line = text.trimEnd();
        if (name === 'ip-monitor') return onMonitorLine(line);
        const { event } = parser.parse(line, { file: name, line: 1, readAt: clock.now() });
        if (event !== undefined) onEvents([event]);
      },
    },
  });
  player.start();
  monitor.start();
  clock.every(pollEveryMs, () => void poll());
  clock.every(100, () => onEvents([{ kind: 'tick', at: clock.now() }]));
  await clock.advance(loops * recording.durationMs - 1);
  return seen;
}
