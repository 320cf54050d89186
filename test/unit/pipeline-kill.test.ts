import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Daemon } from '../helpers/daemon.ts';
import { recordedLog } from '../helpers/recorded-log.ts';
import { tempDirectory } from '../helpers/temp-directory.ts';

const lineCount = 12_000;
const lines = [
  ...recordedLog(/^(rekey-v2|interface-v2|dpd-v2)-fw/, lineCount, 4, Date.UTC(2026, 9, 1)),
  '2026-11-01 00:00:00 12[IKE] <Osaka-1|9> giving up after 5 retransmits',
];

/** What is written at once; after every tenth the log is rotated. */
const portions = Array.from({ length: 120 }, (_, i) =>
  lines
    .slice(i * 101, i === 119 ? lines.length : (i + 1) * 101)
    .map((line) => `${line}\n`)
    .join(''),
);

/** A host whose commands say always the same, and its log. */
class Host {
  readonly #directory: string;
  readonly #log: string;
  #next = 0;

  constructor(directory: string) {
    this.#directory = directory;
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
    return this.#next < portions.length;
  }

  write(): void {
    appendFileSync(this.#log, portions[this.#next] ?? '');
    this.#next += 1;
    if (this.#next % 10 !== 0 || !this.hasMore) return;
    for (let n = 20; n > 0; n -= 1) {
      const from = n === 1 ? this.#log : `${this.#log}.${n - 1}`;
      if (existsSync(from)) renameSync(from, `${this.#log}.${n}`);
    }
  }

  /** Runs the daemon until it has read everything, and ends it in good order. */
  async finish(): Promise<void> {
    do {
      const daemon = new Daemon(this.config);
      const address = await daemon.ready();
      while (this.hasMore) {
        this.write();
        await setTimeout(2);
      }
      let metrics = '';
      while (!/^tunnelwarden_log_lag_bytes\{.*\} 0$/m.test(metrics)) {
        const answer = await fetch(`${address}/metrics`);
        metrics = await answer.text();
      }
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

async function undisturbed(directory: string) {
  const host = new Host(directory);
  await host.finish();
  return host.result();
}

async function killed(t: TestContext, directory: string, kills: number) {
  const host = new Host(directory);
  for (let i = 0; i < kills; i += 1) {
    const daemon = new Daemon(host.config);
    t.after(() => daemon.end('SIGKILL'));
    await daemon.ready();
    const before = daemon.entries.length;
    // Some kills come before it has said a word, others in the middle of a chunk.
    const enough = before + (i % 4) * 40;
    while (host.hasMore && daemon.entries.length < enough) {
      host.write();
      await setTimeout(i % 3);
    }
    await daemon.end('SIGKILL');
    for (let n = 0; n < i && host.hasMore; n += 1) host.write();
  }
  await host.finish();
  return host.result();
}

test('killed again and again it knows what it knows undisturbed', async (t) => {
  const directory = tempDirectory(t);
  const expected = await undisturbed(directory);
  const actual = await killed(t, directory, 10);
  assert.ok(expected.events.length > 2000, `${expected.events.length} events`);
  assert.equal(actual.events.length, expected.events.length);
  assert.deepEqual(actual, expected);
});
