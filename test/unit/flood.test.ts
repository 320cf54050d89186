import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Daemon } from '../helpers/daemon.ts';
import { flood, floodConfig } from '../helpers/flood.ts';
import { tempDirectory } from '../helpers/temp-directory.ts';

test('a flood of 100,000 lines a second: everything processed, memory flat, everybody answered', async (t) => {
  const { written, processed, residentMegabytes, healthMs, scrapeMs, mostLagBytes, loopDelayMs } =
    await flood(tempDirectory(t), { seconds: 4, linesPerSecond: 100_000 });
  t.diagnostic(`event loop late by at most ${loopDelayMs.toFixed(0)} ms`);
  assert.equal(processed, written);
  assert.ok(mostLagBytes > 0, 'the lag is shown');
  // The heap grows to its working size at first, and no further, however much lies in the log.
  const most = Math.max(...residentMegabytes);
  assert.ok(most < 500, `${most} MB`);
  // A machine that is busy with other tests answers late, but it answers.
  assert.ok(healthMs.length > 10 && scrapeMs.length > 2);
  assert.ok(Math.max(...healthMs, ...scrapeMs) < 10_000);
});

test('a line is visible in the API at once', async (t) => {
  const directory = tempDirectory(t);
  const daemon = new Daemon(floodConfig(directory));
  t.after(() => daemon.end('SIGKILL'));
  const address = await daemon.ready();
  const times: number[] = [];
  for (let i = 1; i <= 40; i += 1) {
    const line = `2026-11-01 00:00:00 12[IKE] <Osaka-1|9> giving up after ${i} retransmits\n`;
    appendFileSync(`${directory}/log/charon.log`, line);
    const writtenAt = performance.now();
    for (let text = ''; !text.includes(`giving up after ${i} retransmits`);) {
      const answer = await fetch(`${address}/api/v1/events?limit=5`);
      text = await answer.text();
    }
    times.push(performance.now() - writtenAt);
    await setTimeout(i % 10);
  }
  times.sort((a, b) => a - b);
  const [median = 0, most = 0] = [times[20], times[39]];
  t.diagnostic(`median ${median.toFixed(0)} ms, most ${most.toFixed(0)} ms`);
  // On a quiet machine half of them take less than 60 ms; a busy one is no reason to fail.
  assert.ok(median < 1000, `median ${median} ms of ${times.map((ms) => ms.toFixed(0)).join(' ')}`);
});
