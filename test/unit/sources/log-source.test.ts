import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { LogEvent } from '../../../src/events/log-event.ts';
import type { LogPosition } from '../../../src/events/log-position.ts';
import { createMatchers } from '../../../src/parsers/catalogue.ts';
import { systemFiles } from '../../../src/platform/files.ts';
import { splitPath } from '../../../src/sources/generations.ts';
import { LogSource } from '../../../src/sources/log-source.ts';
import { captureLogger } from '../../helpers/capture-logger.ts';
import { noon } from '../../helpers/events.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';
import { until } from '../../helpers/until.ts';

const established =
  '2026-11-23 11:50:32 12[IKE] <HQ-1|1> IKE_SA HQ-1[1] established between 192.0.2.1[hq]...198.51.100.1[branch]';
const unknown = '2026-11-23 11:50:33 12[IKE] <HQ-1|1> something that nobody has heard of';

function source(t: TestContext, path: string, saved?: LogPosition) {
  const clock = new FakeClock(noon);
  const logger = captureLogger();
  const calls: { readonly events: readonly LogEvent[]; readonly position: LogPosition }[] = [];
  const log = new LogSource({ path, kind: 'charon' }, saved, {
    clock,
    files: systemFiles,
    logger,
    matchers: createMatchers([]),
    timeZone: 'UTC',
    spoolDirectory: splitPath(path).directory,
    onEvents: (events, position) => calls.push({ events, position }),
  });
  t.after(() => log.stop());
  log.start();
  return { clock, log, logger, calls };
}

test('lines become events, with the place where the log stands after them', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, `${established}\n${unknown}\n`);
  const { log, calls } = source(t, path);
  await log.caughtUp;
  assert.equal(calls.length, 2);
  assert.deepEqual([calls[0]?.events.length, calls[0]?.position.offset], [0, 0]);
  const [event] = calls[1]?.events ?? [];
  assert.equal(event?.kind, 'ike-established');
  assert.equal(event.at, Date.UTC(2026, 10, 23, 11, 50, 32));
  assert.deepEqual(event.evidence, { source: path, line: 1, at: event.at, text: established });
  assert.deepEqual([calls[1]?.position.lines, calls[1]?.events.length], [2, 1]);
  const { matched, ignored, unknown: others, rotations } = log.status;
  assert.deepEqual(
    { matched, ignored, others, rotations },
    {
      matched: 1,
      ignored: 0,
      others: 1,
      rotations: 0,
    },
  );
});

test('lines that say nothing move the position all the same', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, `${unknown}\n`);
  const { log, calls } = source(t, path);
  await log.caughtUp;
  assert.deepEqual(calls.at(-1)?.events, []);
  assert.equal(calls.at(-1)?.position.offset, unknown.length + 1);
});

test('a restart counts the lines of the file on', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, `${unknown}\n`);
  const first = source(t, path);
  await first.log.caughtUp;
  first.log.stop();
  appendFileSync(path, `${established}\n`);
  const { log, calls } = source(t, path, first.calls.at(-1)?.position);
  await log.caughtUp;
  assert.equal(calls[0]?.events[0]?.evidence.line, 2);
});

test('an unknown line is shown, one a minute', async (t) => {
  const path = `${tempDirectory(t)}/charon.log`;
  writeFileSync(path, `${unknown}\n${unknown} either\n`);
  const { clock, log, logger } = source(t, path);
  const write = async (count: number): Promise<void> => {
    appendFileSync(path, `${unknown}\n`);
    await until('the line', () => log.status.unknown === count);
  };
  await log.caughtUp;
  await clock.advance(59_000);
  await write(3);
  assert.deepEqual(logger.lines, ['debug: a line that no pattern knows']);
  await clock.advance(1000);
  await write(4);
  assert.equal(logger.lines.length, 2);
});
