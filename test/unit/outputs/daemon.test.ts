import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { App } from '../../../src/app.ts';
import { loadPage } from '../../../src/cli/page-files.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { systemScratch } from '../../../src/platform/scratch.ts';
import { connectSocket } from '../../../src/platform/unix-socket.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import type { Exec } from '../../../src/platform/exec.ts';
import { systemFiles } from '../../../src/platform/files.ts';
import { captureLogger } from '../../helpers/capture-logger.ts';
import { openEventSource } from '../../helpers/event-source.ts';
import { ownPart, parseExposition } from '../../helpers/exposition.ts';
import { projectRoot } from '../../helpers/installed-tool.ts';
import { assertMatches } from '../../helpers/json-schemas.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';
import { until } from '../../helpers/until.ts';

const fixture = (name: string): string => join(projectRoot, 'test/fixtures', name);

/** What the commands of a recorded host printed. */
function recordingOf(command: string): string {
  if (command.startsWith('ipsec')) return 'statusall/up.txt';
  return command.includes('xfrm') ? 'xfrm/up-state-s-nokeys.txt' : 'ip/after-addr.json';
}

const exec: Exec = async (argv) => {
  const stdout = readFileSync(fixture(recordingOf(argv.join(' '))), 'utf8');
  return { ok: true, status: 0, stdout, stderr: '' };
};

/** The whole daemon on a recorded log and recorded commands. */
async function startDaemon(t: TestContext, yaml = '') {
  const directory = tempDirectory(t);
  copyFileSync(fixture('charon-log/rekey-v2-fw.log'), join(directory, 'charon.log'));
  const overrides = { logDirectory: directory, stateDirectory: directory, listen: '127.0.0.1:0' };
  const config = parseConfig('test', yaml, overrides, {
    timeZone: 'UTC',
    isSchedule: () => true,
    patternProblem: () => undefined,
  });
  const logger = captureLogger();
  const app = new App(config, {
    clock: systemClock,
    files: systemFiles,
    exec,
    streamLines: () => ({ stop: () => undefined }),
    connectSocket,
    scratch: systemScratch,
    logger,
    version: '1.2.3',
    page: loadPage(systemFiles),
    ownAddresses: () => new Set<string>(),
    setAside: (path) => path,
  });
  let closing: Promise<void> | undefined;
  const close = async () => (closing ??= app.close());
  t.after(close);
  return { close, logger, address: await app.start() };
}

test(
  'the daemon itself answers as its schemas say, once it is ready',
  { timeout: 30_000 },
  async (t) => {
    const { close, logger, address } = await startDaemon(t);
    const isReady = async () => (await fetch(`${address}/readyz`)).status === 200;
    while (!(await isReady())) await systemClock.breathe();

    const json = async (path: string): Promise<Record<string, unknown>> =>
      JSON.parse(await (await fetch(`${address}/api/v1/${path}`)).text());
    for (const list of [
      'tunnels',
      'groups',
      'interfaces',
      'gateways',
      'events',
      'sources',
    ] as const) {
      assertMatches(list, await json(list));
    }
    const { items } = await json('tunnels');
    assert.ok(Array.isArray(items) && items.length > 0);
    const events = await json('events?limit=1000');
    assert.ok(Array.isArray(events['items']) && events['items'].length > 10, 'history of the log');

    const stream = await openEventSource(t, address);
    const text = await (await fetch(`${address}/metrics`)).text();
    const own = parseExposition(ownPart(text));
    assert.ok(own.some(({ samples }) => samples.some(({ labels }) => labels.get('file'))));
    await close();
    await until('the end of the stream', () => stream.isOver());
    assert.deepEqual(
      logger.lines.filter((line) => line.startsWith('error')),
      [],
    );
  },
);

test('what an export names is there from the first minute', { timeout: 30_000 }, async (t) => {
  const { address } = await startDaemon(
    t,
    `inventory: { entities: [${fixture('inventory/Entities.xml')}] }`,
  );
  const text = async (path: string) => (await fetch(`${address}${path}`)).text();
  const metrics = await text('/metrics');
  assert.match(metrics, /^ipsec_tunnel_up\{tunnel="Sendai"\} 0$/m);
  assert.match(metrics, /^ipsec_failover_group_state\{group="Sendai_Group",state="unknown"\} /m);
  assert.match(metrics, /^ipsec_audit_findings\{code="weak-algorithm"\} 2$/m);
  assert.equal(JSON.parse(await text('/api/v1/tunnels/Cloud')).state, 'disabled');
  assert.ok(!(metrics + (await text('/api/v1/findings'))).includes('secret'));
});

test(
  'it closes with scrapes and streams under way, and all is well',
  { timeout: 30_000 },
  async (t) => {
    const { close, logger, address } = await startDaemon(t);
    const stream = await openEventSource(t, address);
    const scrapes = Array.from({ length: 10 }, async () => {
      const answer = await fetch(`${address}/metrics`);
      await answer.text();
    });
    await close();
    await Promise.allSettled(scrapes);
    await until('the end of the stream', () => stream.isOver());
    assert.deepEqual(
      logger.lines.filter((line) => line.startsWith('error')),
      [],
    );
  },
);
