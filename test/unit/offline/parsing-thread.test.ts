import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Doors } from '../../../src/offline/open-inputs.ts';
import type { PieceAnswer, PieceQuestion } from '../../../src/offline/piece-parser.ts';
import { type Report, writeReport } from '../../../src/offline/report.ts';
import { studyFiles } from '../../../src/offline/study.ts';
import { createThread } from '../../../src/platform/thread.ts';
import { recordedLines, recordedLog } from '../../helpers/recorded-log.ts';
import { configOf, doors, fixture } from '../../helpers/saved-files.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

const script = new URL('../../../src/offline/parsing-thread.ts', import.meta.url);
const yaml = `
logs:
  time_zone: Asia/Tokyo
  patterns: [{ code: site.phase, pattern: 'the moon is full, phase <:int> of <:int>' }]
`;

async function reportOf(directory: string, others: Partial<Doors>): Promise<Report> {
  const config = configOf(yaml);
  return writeReport(
    await studyFiles([directory], config, [], { ...doors, ...others }),
    config,
    'en',
  );
}

test('a second thread changes nothing about what is found', async (context) => {
  const directory = tempDirectory(context);
  const begin = Date.UTC(2026, 9, 1);
  const moon = '2026-10-01 00:00:01 05[IKE] <Osaka-1|1> the moon is full, phase 27 of 28';
  const [before, after] = [/^(?:rekey|reauth)/, /^(?:dpd|psk|subnet)/].map((scenarios, i) =>
    [...recordedLog(recordedLines(scenarios), 25_000, 20, begin + i * 600_000), moon].join('\n'),
  );
  writeFileSync(join(directory, 'charon.log.1'), `${before}\n`);
  // Without an end of its last line, and one of a peer whose ID is not ASCII.
  writeFileSync(join(directory, 'charon.log'), `${after}\n${moon.replaceAll('Osaka', '大阪')}`);
  writeFileSync(join(directory, 'short.log'), readFileSync(fixture('charon-log/dpd-v2-fw.log')));
  const thread = createThread<PieceQuestion, PieceAnswer>(script, configOf(yaml).logs.patterns);
  context.after(() => thread.end());
  const asked = new Map<string, number>();
  const parseBeside = async (question: PieceQuestion): Promise<PieceAnswer> => {
    const { name } = question.description;
    asked.set(name, (asked.get(name) ?? 0) + 1);
    return thread.ask(question);
  };
  const beside = await reportOf(directory, { parseBeside });
  // A short log is parsed before a thread would have started.
  assert.deepEqual(
    new Set(asked.keys()),
    new Set(['charon.log', 'charon.log.1'].map((name) => join(directory, name))),
  );
  assert.ok([...asked.values()].every((pieces) => pieces > 30));
  assert.deepEqual(beside, await reportOf(directory, {}));
  assert.equal(beside.coverage.unknown, 0);
});
