import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Daemon } from './daemon.ts';

const writer = fileURLToPath(new URL('flood-writer.ts', import.meta.url));

export interface FloodFigures {
  readonly written: number;
  readonly processed: number;
  /** From the end of the flood until everything was processed. */
  readonly behindMs: number;
  readonly mostLagBytes: number;
  /** Memory of the daemon, sampled through the flood. */
  readonly residentMegabytes: readonly number[];
  /** How long the answers took, slowest last. */
  readonly healthMs: readonly number[];
  readonly scrapeMs: readonly number[];
  /** How late the event loop was at the worst, by its own account. */
  readonly loopDelayMs: number;
}

/** The daemon samples its event loop so often, and the samples count from there. */
const loopResolutionMs = 50;

/** Makes the directories and the configuration of a daemon that follows one log; its path. */
export function floodConfig(directory: string): string {
  for (const name of ['log', 'state']) mkdirSync(`${directory}/${name}`);
  writeFileSync(`${directory}/log/charon.log`, '');
  writeFileSync(
    `${directory}/config.yaml`,
    `http: { listen: '127.0.0.1:0' }
store: { directory: ${directory}/state }
logs: { directory: ${directory}/log, time_zone: UTC, files: [{ path: charon.log, kind: charon }] }
sources:
  statusall: { enabled: false }
  xfrm_state: { command: ['true'], schedule: '* * * * * *' }
  interfaces: { command: [echo, '[]'], schedule: '* * * * * *' }
  interface_monitor: { command: [sleep, '600'] }
discover: false
tunnels: [{ name: Osaka, connections: [Osaka-1] }]
`,
  );
  return `${directory}/config.yaml`;
}

function sumOf(metrics: string, name: string): number {
  const values = [...metrics.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))];
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}

/** Floods the log of a real daemon, and asks it all the while how it is. */
export async function flood(
  directory: string,
  { seconds, linesPerSecond }: { readonly seconds: number; readonly linesPerSecond: number },
): Promise<FloodFigures> {
  const daemon = new Daemon(floodConfig(directory));
  const address = await daemon.ready();
  const figures = { healthMs: [] as number[], scrapeMs: [] as number[], resident: [] as number[] };
  let [metrics, mostLagBytes, loopDelayMs] = ['', 0, 0];
  const ask = async (path: string, times: number[]): Promise<string> => {
    const startedAt = performance.now();
    const answer = await fetch(address + path);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    times.push(performance.now() - startedAt);
    return text;
  };
  const look = async (): Promise<void> => {
    metrics = await ask('/metrics', figures.scrapeMs);
    mostLagBytes = Math.max(mostLagBytes, sumOf(metrics, 'tunnelwarden_log_lag_bytes'));
    const worst = sumOf(metrics, 'nodejs_eventloop_lag_max_seconds') * 1000 - loopResolutionMs;
    loopDelayMs = Math.max(loopDelayMs, worst);
    figures.resident.push(residentMegabytes(daemon.pid));
  };
  await look();
  [mostLagBytes, loopDelayMs] = [0, 0];

  const args = [writer, `${directory}/log/charon.log`, String(seconds), String(linesPerSecond)];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  const exit = { status: undefined as number | null | undefined };
  child.on('exit', (status) => {
    exit.status = status;
  });
  for (let i = 0; exit.status === undefined; i += 1) {
    await ask('/healthz', figures.healthMs);
    if (i % 20 === 0) await look();
    await setTimeout(20);
  }
  if (exit.status !== 0) throw new Error('the writer failed');
  const endedAt = performance.now();
  const written = seconds * linesPerSecond;
  const isThrough = (): boolean => sumOf(metrics, 'tunnelwarden_log_lines_total') >= written;
  const patienceMs = 60_000 + seconds * 5000;
  for (await look(); !isThrough() && performance.now() < endedAt + patienceMs; await look()) {
    await setTimeout(20);
  }
  const behindMs = performance.now() - endedAt;
  const processed = sumOf(metrics, 'tunnelwarden_log_lines_total');
  await daemon.end('SIGTERM');
  return {
    written,
    processed,
    behindMs,
    mostLagBytes,
    residentMegabytes: figures.resident,
    healthMs: figures.healthMs.toSorted((a, b) => a - b),
    scrapeMs: figures.scrapeMs.toSorted((a, b) => a - b),
    loopDelayMs,
  };
}

function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
