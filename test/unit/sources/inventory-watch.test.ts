import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { systemFiles } from '../../../src/platform/files.ts';
import { InventoryWatch } from '../../../src/sources/inventory-watch.ts';
import { captureLogger } from '../../helpers/capture-logger.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';
import { until } from '../../helpers/until.ts';

const fixture = join(import.meta.dirname, '../../fixtures/inventory/Entities.xml');
const kind = 'entities';
const xml = readFileSync(fixture, 'utf8');

function watching(t: TestContext) {
  const path = join(tempDirectory(t), 'Entities.xml');
  const clock = new FakeClock();
  const logger = captureLogger();
  const changes: string[][] = [];
  const watch = new InventoryWatch([{ kind, path }], {
    ownAddresses: () => new Set<string>(),
    clock,
    files: systemFiles,
    logger,
    onChange: (files) =>
      changes.push(files.flatMap((file) => file.tunnels.map(({ name }) => name))),
  });
  t.after(() => watch.stop());
  return { path, clock, logger, changes, watch };
}

test('an export is read, and read again when it has changed', async (t) => {
  const { path, clock, changes, watch } = watching(t);
  writeFileSync(path, xml);
  assert.equal(await watch.look(), true);
  assert.equal(watch.files[0]?.tunnels.length, 4);
  assert.equal(await watch.look(), false);
  watch.start();
  writeFileSync(
    path,
    xml.replace('<Name>Cloud</Name>\n      <Conn', '<Name>Azure</Name>\n      <Conn'),
  );
  await clock.advance(5000);
  await until('the change', () => changes.length > 0);
  assert.deepEqual(changes, [['Sendai', 'Sendai_LTE', 'Azure', 'Travellers']]);
});

test('one that is gone, or never came, changes nothing', async (t) => {
  const { path, logger, watch } = watching(t);
  assert.equal(await watch.look(), false);
  assert.equal(logger.lines.length, 1);
  writeFileSync(path, xml);
  await watch.look();
  rmSync(path);
  assert.equal(await watch.look(), false);
  assert.equal(watch.files[0]?.tunnels.length, 4);
});

test('other paths: what is known of those that stay still holds', async (t) => {
  const { path, clock, changes, watch } = watching(t);
  writeFileSync(path, xml);
  await watch.look();
  watch.follow([
    { kind, path: fixture },
    { kind, path },
  ]);
  assert.deepEqual(
    watch.files.map(({ tunnels }) => tunnels.length),
    [4],
  );
  await clock.advance(0);
  await until('the other export', () => changes.length > 0);
  assert.equal(watch.files.length, 2);
  watch.follow([]);
  assert.deepEqual(watch.files, []);
});
