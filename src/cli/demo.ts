import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from '../app.ts';
import { demoConfig } from '../demo/config.ts';
import { Player } from '../demo/player.ts';
import type { Stage } from '../demo/player.ts';
import { parseRecording } from '../demo/recording.ts';
import type { Mark, Recording } from '../demo/recording.ts';
import { systemClock } from '../platform/clock.ts';
import { systemFiles } from '../platform/files.ts';
import { createLogger } from '../platform/logger.ts';
import { complain, exit, makeDirectory, print, untilStopped } from '../platform/system.ts';
import { loadConfig } from './load-config.ts';
import { dependencies } from './run.ts';
import { exitStatus } from './usage.ts';

const noOverrides = { logDirectory: undefined, stateDirectory: undefined, listen: undefined };

/** Runs the daemon on the recorded appliance until it is told to stop. */
export async function demo(listen: string | undefined): Promise<void> {
  const toldToStop = untilToldToStop();
  const recording = loadRecording();
  const directory = temporaryDirectory();
  const configFile = join(directory, 'tunnelwarden.yaml');
  writeFileSync(configFile, demoConfig(directory, listen));
  const config = loadConfig(configFile, noOverrides, systemFiles);
  makeDirectory(config.store.directory);

  const logger = createLogger({ level: config.logLevel, readable: true });
  const player = new Player(recording, {
    clock: systemClock,
    stage: createStage(directory),
    onMark: (mark) => logger.info({}, announcement(mark, recording)),
  });
  player.writeHistory();
  player.start();
  const app = new App(config, dependencies(logger));
  const address = await app.start().catch(explainListen);
  print(introduction(address, directory, recording));
  await toldToStop;
  print('\nThat was it.');
  player.stop();
  await app.close();
}

function loadRecording(): Recording {
  const path = fileURLToPath(new URL('../demo/recording/appliance.jsonl', import.meta.url));
  const read = systemFiles.readText(path);
  if (!read.ok) throw new Error(`the program is incomplete: ${read.detail}`);
  return parseRecording(read.text);
}

/** A directory that goes with this process, however it ends but by `kill -9`. */
function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'tunnelwarden-demo-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  for (const name of ['log', 'outputs']) mkdirSync(join(directory, name));
  return directory;
}

function createStage(directory: string): Stage {
  const log = (name: string): string => join(directory, 'log', name);
  const output = (name: string): string => join(directory, 'outputs', name);
  return {
    append: (name, text) => appendFileSync(log(name), text),
    replace(name, text) {
      writeFileSync(output(`.${name}`), text);
      renameSync(output(`.${name}`), output(name));
    },
    rotate(name) {
      renameSync(log(name), log(`${name}.1`));
      writeFileSync(log(name), '');
    },
  };
}

function explainListen(error: unknown): never {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error;
  complain(
    `tunnelwarden demo: something else is listening there already (${error.message}).\n` +
      'Take another port, any that is free with: tunnelwarden demo --listen 127.0.0.1:0',
  );
  return exit(exitStatus.failure);
}

/**
 * A terminal sends its signals to the whole group of processes, and the one that started this one
 * passes them on: the second must not cut the clean-up short. Without its terminal, nobody needs
 * the demo.
 */
async function untilToldToStop(): Promise<void> {
  const { promise: hungUp, resolve } = Promise.withResolvers<void>();
  await Promise.race([untilStopped(resolve), hungUp]);
  void untilStopped(() => {});
}

const seconds = (ms: number): number => Math.round(ms / 1000);

/** What happens, and what will happen next. */
function announcement(mark: Mark, { marks, durationMs }: Recording): string {
  const place = marks.indexOf(mark);
  const next = marks[place + 1] ?? { ...marks[0]!, at: marks[0]!.at + durationMs };
  return `DEMO: ${mark.text} (next, in ${seconds(next.at - mark.at)} s: ${next.text})`;
}

function introduction(address: string, directory: string, recording: Recording): string {
  const { marks, durationMs, recordedAt } = recording;
  const story = marks.map(({ at, text }) => `  in ${String(seconds(at)).padStart(3)} s  ${text}`);
  return `
tunnelwarden watches a firewall that was recorded on ${recordedAt.slice(0, 10)}: 15 tunnels, four of them in two
failover groups. Its logs and the outputs of its commands are played back in real time, again and
again; everything else is the real daemon.

  The page   ${address}/

What will happen, and then again every ${seconds(durationMs)} s:
${story.join('\n')}

To be tried in another terminal:
  curl -fsS ${address}/health/groups/Osaka
  curl -fsS ${address}/health/tunnels/Kobe
  curl -s ${address}/api/v1/tunnels
  curl -s ${address}/metrics | grep ^ipsec_failover

The logs that it follows and the outputs that it polls are in ${directory}.
Ctrl-C ends the demo and removes them.
`;
}
