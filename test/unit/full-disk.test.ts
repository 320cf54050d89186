import assert from 'node:assert/strict';
import { appendFileSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Daemon } from '../helpers/daemon.ts';
import { floodConfig } from '../helpers/flood.ts';
import { inNamespace, skipWithoutNamespace } from '../helpers/namespace.ts';
import { tempDirectory } from '../helpers/temp-directory.ts';

/** A daemon whose state directory can be filled up to the last byte. */
class Host {
  readonly #directory: string;
  readonly #config: string;
  #lines = 0;

  constructor(directory: string) {
    this.#directory = directory;
    this.#config = floodConfig(directory);
  }

  start(t: TestContext): Daemon {
    // The state directory is on a file system of one MiB.
    const mount = `mount -t tmpfs -o size=1m none ${this.#directory}/state && exec "$@"`;
    const daemon = new Daemon(this.#config, [...inNamespace, 'sh', '-c', mount, 'sh']);
    t.after(() => daemon.end('SIGKILL'));
    return daemon;
  }

  /** Each line is an event. */
  write(count: number): void {
    const lines = Array.from({ length: count }, () => {
      this.#lines += 1;
      return `2026-11-01 00:00:00 12[IKE] <Osaka-1|9> giving up after ${this.#lines} retransmits\n`;
    });
    appendFileSync(`${this.#directory}/log/charon.log`, lines.join(''));
  }

  /** The daemon's file system is reached through its process. */
  fill({ pid }: Daemon): () => void {
    const path = `/proc/${pid}/root${this.#directory}/state/fill`;
    for (const block of ['x'.repeat(4096), 'x']) {
      try {
        for (;;) appendFileSync(path, block);
      } catch (error) {
        assert.match(String(error), /ENOSPC/);
      }
    }
    return () => rmSync(path);
  }
}

async function metric(address: string, name: string): Promise<number> {
  const answer = await fetch(`${address}/metrics`);
  assert.equal(answer.status, 200);
  const text = await answer.text();
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1]);
}

async function reaches(address: string, name: string, value: number): Promise<void> {
  const end = performance.now() + 20_000;
  for (let now = Number.NaN; now !== value; now = await metric(address, name)) {
    assert.ok(performance.now() < end, `${name} is ${now}, not ${value}`);
  }
}

async function eventCount(address: string): Promise<number> {
  let [count, cursor] = [0, ''];
  do {
    const answer = await fetch(`${address}/api/v1/events?kind=event&limit=500${cursor}`);
    const page: { readonly items: readonly unknown[]; readonly next: string | null } = JSON.parse(
      await answer.text(),
    );
    count += page.items.length;
    cursor = page.next === null ? '' : `&cursor=${page.next}`;
  } while (cursor !== '');
  return count;
}

const skip = skipWithoutNamespace();

test(
  'the disk is full for a while: on in memory, said, nothing lost, all caught up',
  { skip },
  async (t) => {
    const host = new Host(tempDirectory(t));
    const daemon = host.start(t);
    const address = await daemon.ready();
    host.write(10);
    // A log that has not been opened yet has no lag.
    while ((await eventCount(address)) < 10)
      await reaches(address, 'tunnelwarden_log_lag_bytes', 0);
    const makeRoom = host.fill(daemon);
    host.write(600);
    await reaches(address, 'tunnelwarden_store_up', 0);
    await daemon.says('that it goes on in memory', (entries) =>
      entries.some((entry) =>
        /the store does not take commits: .*full; going on in memory/.test(entry),
      ),
    );
    host.write(10);
    await reaches(address, 'tunnelwarden_log_lag_bytes', 0);
    const before = await eventCount(address);
    assert.ok(before >= 10 && before < 620, `${before} events in the history`);
    makeRoom();
    await reaches(address, 'tunnelwarden_store_up', 1);
    await reaches(address, 'tunnelwarden_store_pending_changes', 0);
    assert.equal(await eventCount(address), 620);
    assert.equal(await metric(address, 'tunnelwarden_store_dropped_changes_total'), 0);
    assert.equal(await daemon.end('SIGTERM'), 0);
  },
);
