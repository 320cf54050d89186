import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * The whole daemon at rest with 100 tunnels: start to ready, CPU and memory, beside an empty
 * Node process. Its commands print what a host with so many tunnels would.
 */
const tunnels = 100;
const restSeconds = 60;
const root = join(import.meta.dirname, '../..');

function statusall(): string {
  const spi = (base: number, i: number): string => (base + i).toString(16);
  const names = Array.from({ length: tunnels }, (_, i) => `Branch_${String(i).padStart(3, '0')}-1`);
  const connections = names.flatMap((name, i) => [
    `${name}:  192.0.2.1...198.51.100.${i}  IKEv2, dpddelay=30s`,
    `${name}:   local:  [192.0.2.1] uses pre-shared key authentication`,
    `${name}:   remote: [198.51.100.${i}] uses pre-shared key authentication`,
    `${name}:   child:  10.0.0.0/16 === 10.${i + 1}.0.0/16 TUNNEL, dpdaction=start`,
  ]);
  const sas = names.flatMap((name, i) => [
    `${name}[${i + 1}]: ESTABLISHED 2 hours ago, 192.0.2.1[192.0.2.1]...198.51.100.${i}[198.51.100.${i}]`,
    `${name}[${i + 1}]: IKEv2 SPIs: 0123456789abcdef_i* fedcba9876543210_r, rekeying in 40 minutes`,
    `${name}[${i + 1}]: IKE proposal: AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048`,
    `${name}{${i + 1}}:  INSTALLED, TUNNEL, reqid ${i + 1}, ESP SPIs: ${spi(0xc0000000, i)}_i ${spi(0xd0000000, i)}_o`,
    `${name}{${i + 1}}:  AES_CBC_256/HMAC_SHA2_256_128, 840 bytes_i (10 pkts, 3s ago), 840 bytes_o (10 pkts, 3s ago), rekeying in 25 minutes`,
    `${name}{${i + 1}}:   10.0.0.0/16 === 10.${i + 1}.0.0/16`,
  ]);
  return [
    'Status of IKE charon daemon (strongSwan 5.9.8, Linux 6.1.176, x86_64):',
    '  uptime: 2 hours, since Nov 23 08:00:00 2026',
    '  worker threads: 11 of 16 idle, 5/0/0/0 working, job queue: 0/0/0/0, scheduled: 200',
    'Listening IP addresses:',
    '  192.0.2.1',
    'Connections:',
    ...connections,
    `Security Associations (${tunnels} up, 0 connecting):`,
    ...sas,
    '',
  ].join('\n');
}

/** User and system time of a process, in seconds (proc(5): fields 14 and 15, 100 ticks a second). */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function rssMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** What the systemd unit sets for memory's sake. */
function unitSettings(): NodeJS.ProcessEnv {
  const unit = readFileSync(join(root, 'systemd/tunnelwarden.service'), 'utf8');
  const settings = unit.matchAll(/^Environment="?(NODE_OPTIONS|MALLOC_ARENA_MAX)="?([^"\n]*)/gm);
  return Object.fromEntries([...settings].map(([, name, value]) => [name, value]));
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
  } catch {
    return false;
  }
}

async function measure(
  label: string,
  settings: NodeJS.ProcessEnv,
  directory: string,
  port: number,
): Promise<void> {
  const cache = join(directory, 'compile-cache');
  const config = join(directory, 'tunnelwarden.yaml');
  const started = performance.now();
  const args = ['src/main.ts', 'run', '--config', config, '--listen', `127.0.0.1:${port}`];
  const daemon = spawn(process.execPath, args, {
    cwd: root,
    stdio: 'ignore',
    env: { ...process.env, ...settings, NODE_COMPILE_CACHE: cache },
  });
  const pid = daemon.pid ?? 0;
  while (!(await isReady(port))) await pause(10);
  const readyMs = performance.now() - started;
  await pause(5000);
  const [cpu, at] = [cpuSeconds(pid), performance.now()];
  await pause(restSeconds * 1000);
  const share = (100 * (cpuSeconds(pid) - cpu)) / ((performance.now() - at) / 1000);
  const rss = rssMegabytes(pid);
  process.stdout.write(
    `${label}: ready after ${readyMs.toFixed(0)} ms, at rest ${share.toFixed(2)} % of a core, RSS ${rss.toFixed(1)} MB\n`,
  );
  daemon.kill('SIGTERM');
  await new Promise((resolve) => daemon.on('exit', resolve));
}

const directory = mkdtempSync(join(tmpdir(), 'tunnelwarden-idle-'));
mkdirSync(join(directory, 'log'));
writeFileSync(join(directory, 'statusall'), statusall());
writeFileSync(join(directory, 'log/charon.log'), '');
writeFileSync(
  join(directory, 'tunnelwarden.yaml'),
  JSON.stringify({
    store: { directory: join(directory, 'state') },
    logs: { directory: join(directory, 'log') },
    sources: { statusall: { command: ['cat', join(directory, 'statusall')] } },
  }),
);
const empty = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
await pause(1000);
process.stdout.write(`an empty Node process: RSS ${rssMegabytes(empty.pid ?? 0).toFixed(1)} MB\n`);
empty.kill();
await measure('first start', {}, directory, 19_801);
await measure('next start', {}, directory, 19_802);
await measure('next start, with the settings of the service', unitSettings(), directory, 19_803);
rmSync(directory, { recursive: true });
