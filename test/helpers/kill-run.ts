import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { Daemon } from './daemon.ts';
import { recordedLines, recordedLog } from './recorded-log.ts';
import { copyAndTruncate, shiftGenerations } from './rotate.ts';

type Rotation = 'rename' | 'copytruncate';

export interface KillPlan {
  readonly rotation: Rotation;
  readonly kills: number;
  /** The same seed makes the same moments, as far as the machine plays along. */
  readonly seed: number;
}

/** What is written between two kills, at most, and what is written at once. */
const portionsAKill = 12;
const portionLines = 101;

/** The log is rotated after so many portions; so many rotated files are kept. */
const rotateEvery = 10;
const kept = 100;

/** Now and then it gets to the end: what is deleted before it was read is no business of its. */
const catchUpEvery = 25;

const noLag = /^tunnelwarden_log_lag_bytes\{.*\} 0$/m;

function portionsOf(kills: number): readonly string[] {
  const count = kills * portionsAKill;
  const begin = Date.UTC(2026, 9, 1);
  const recorded = recordedLines(/^(rekey-v2|interface-v2|dpd-v2)-fw/);
  const log = recordedLog(recorded, count * portionLines, 4, begin);
  const lines = [...log, '2026-11-01 00:00:00 12[IKE] <Osaka-1|9> giving up after 5 retransmits'];
  return Array.from({ length: count }, (_, i) =>
    lines
      .slice(i * portionLines, i === count - 1 ? lines.length : (i + 1) * portionLines)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

/** A host whose commands say always the same, and its log. */
class Host {
  readonly #directory: string;
  readonly #log: string;
  readonly #rotation: Rotation;
  readonly #portions: readonly string[];
  #next = 0;

  constructor(directory: string, { rotation, kills }: KillPlan) {
    this.#directory = directory;
    this.#rotation = rotation;
    this.#portions = portionsOf(kills);
    this.#log = `${directory}/log/charon.log`;
    for (const name of ['log', 'state']) {
      rmSync(`${directory}/${name}`, { recursive: true, force: true });
      mkdirSync(`${directory}/${name}`);
    }
    writeFileSync(`${directory}/addr.json`, '[]');
    // Without holds nothing depends on when a chunk was read.
    writeFileSync(
      this.config,
      `http: { listen: '127.0.0.1:0' }
store: { directory: ${directory}/state }
logs: { directory: ${directory}/log, time_zone: UTC, files: [{ path: charon.log, kind: charon }] }
sources:
  statusall: { enabled: false }
  xfrm_state: { command: ['true'], schedule: '* * * * * *' }
  interfaces: { command: [cat, ${directory}/addr.json], schedule: '* * * * * *' }
  interface_monitor: { command: [sleep, '600'] }
discover: false
tunnels: [{ name: Osaka, connections: [Osaka-1] }]
holds: { loss: 0s, switch: 0s, conflict: 0s }
`,
    );
  }

  get config(): string {
    return `${this.#directory}/config.yaml`;
  }

  get hasMore(): boolean {
    return this.#next < this.#portions.length;
  }

  write(): void {
    appendFileSync(this.#log, this.#portions[this.#next] ?? '');
    this.#next += 1;
    if (this.#next % rotateEvery !== 0 || !this.hasMore) return;
    shiftGenerations(this.#log, kept);
    if (this.#rotation === 'rename') renameSync(this.#log, `${this.#log}.1`);
    else copyAndTruncate(this.#log);
  }

  /** Writes until something is in the log, and waits until the daemon has read of it. */
  async writeSeen(address: string): Promise<void> {
    // What came and went between two looks is found once something is in the log again.
    do this.write();
    while (this.#next % rotateEvery === 0 && this.hasMore);
    await says(address, /^tunnelwarden_log_lines_total\{.*\} [1-9]/m);
  }

  /** Writes the rest, runs the daemon until it has read everything, and ends it in good order. */
  async finish(): Promise<void> {
    do {
      const daemon = new Daemon(this.config);
      const address = await daemon.ready();
      // A log that comes into being and is truncated before anybody has looked has no position yet.
      if (this.#next === 0) await this.writeSeen(address);
      do {
        // No more than are kept: what is deleted before it was read is gone.
        for (let n = 0; n < (kept / 2) * rotateEvery && this.hasMore; n += 1) {
          this.write();
          await setTimeout(2);
        }
        await says(address, noLag);
      } while (this.hasMore);
      assert.equal(await daemon.end('SIGTERM'), 0, daemon.complaints);
      // A rotation may have hidden the rest for a moment.
    } while (this.result().events.at(-1)?.['code'] !== 'live.giving_up');
  }

  /** History and counters, without the moments at which the daemon happened to run. */
  result() {
    const database = new DatabaseSync(`${this.#directory}/state/tunnelwarden.db`);
    const read = (sql: string): Record<string, unknown>[] =>
      database
        .prepare(sql)
        .all()
        .map(({ json }) => JSON.parse(String(json)));
    const events = read('SELECT json FROM events ORDER BY id').map((event) => {
      return event['kind'] === 'event' ? event : { ...event, at: 0 };
    });
    const [tunnel] = read("SELECT json FROM state WHERE kind = 'tunnel'");
    const [position] = read('SELECT json FROM positions');
    database.close();
    const { state, counters, traffic } = tunnel ?? {};
    return {
      events,
      state,
      counters,
      traffic,
      offset: position?.['offset'],
      line: position?.['lines'],
    };
  }
}

async function says(address: string, sample: RegExp): Promise<void> {
  for (let text = ''; !sample.test(text);) text = await metrics(address);
}

/** Over a connection of its own: one that was idle may be closed by the daemon in the same moment. */
async function metrics(address: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  get(`${address}/metrics`, { agent: false }, resolve).on('error', reject);
  let text = '';
  for await (const piece of (await promise).setEncoding('utf8')) text += String(piece);
  return text;
}

/** What the daemon knows when nothing disturbs it. */
export async function undisturbed(directory: string, plan: KillPlan) {
  const host = new Host(directory, plan);
  await host.finish();
  return host.result();
}

/** What it knows when it is killed again and again, at any moment, while the log is written to. */
export async function killed(directory: string, plan: KillPlan, onKill: (number: number) => void) {
  const host = new Host(directory, plan);
  const random = randomNumbers(plan.seed);
  for (let i = 0; i < plan.kills; i += 1) {
    const daemon = new Daemon(host.config);
    // Every fourth kill comes while it starts, as many in the moment that it has, the others while it
    // reads, however long a busy machine takes until then.
    const when = i % catchUpEvery === 0 ? 'caught up' : random(4);
    if (when === 0) await setTimeout(random(800));
    else {
      const address = await daemon.ready();
      if (when !== 1 && host.hasMore) await host.writeSeen(address);
      if (when === 'caught up') await says(address, noLag);
    }
    for (let n = random(portionsAKill - 2); n > 0 && host.hasMore; n -= 1) {
      host.write();
      await setTimeout(random(12));
    }
    await daemon.end('SIGKILL');
    for (let n = random(4); n > 0 && host.hasMore; n -= 1) host.write();
    onKill(i + 1);
  }
  await host.finish();
  return host.result();
}

/** Whole numbers below a limit (mulberry32). */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
