import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Report, writeReport } from '../../../src/offline/report.ts';
import { studyFiles } from '../../../src/offline/study.ts';
import { configOf, doors, fixture, save } from '../../helpers/saved-files.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

async function reportOf(paths: readonly string[], yaml = ''): Promise<Report> {
  const config = configOf(yaml);
  return writeReport(await studyFiles(paths, config, [], doors), config, 'en');
}

const names = ({ tunnels }: Report): readonly string[] => tunnels.map(({ name }) => name);

/** A log cut into generations, the oldest packed, under names that tell nothing about their order. */
function generations(context: TestContext, recorded: string, nameOf: readonly string[]): string {
  const directory = tempDirectory(context);
  const lines = readFileSync(fixture(recorded), 'utf8').trimEnd().split('\n');
  const size = Math.ceil(lines.length / nameOf.length);
  for (const [index, name] of nameOf.entries()) {
    const text = `${lines.slice(index * size, (index + 1) * size).join('\n')}\n`;
    writeFileSync(join(directory, name), name.endsWith('.gz') ? gzipSync(text) : text);
  }
  return directory;
}

for (const recorded of ['rekey-v1-fw', 'dpd-v2-fw', 'reauth-v2-fw', 'interface-v2-fw']) {
  test(`rotated generations of one log are as good as the log: ${recorded}`, async (context) => {
    const file = `charon-log/${recorded}.log`;
    const whole = await reportOf([fixture(file)]);
    const directory = generations(context, file, ['charon.log.1.gz', 'charon.log.0', 'charon.log']);
    const cut = await reportOf([directory]);
    assert.deepEqual(cut.coverage, whole.coverage);
    const told = ({ tunnels }: Report) =>
      tunnels.map(({ name, state, since, transitions }) => {
        const steps = transitions.items.map(({ at, from, to, cause }) => ({ at, from, to, cause }));
        return { name, state, since, steps };
      });
    assert.deepEqual(told(cut), told(whole));
  });
}

test('subnet pairs are one tunnel where a child proves it', async () => {
  const report = await reportOf([fixture('charon-log/twochildren-v2-fw.log')]);
  assert.deepEqual(names(report), ['Osaka']);
});

test('a listing tells tunnels and their subnet pairs', async () => {
  const report = await reportOf([fixture('statusall/up.txt')]);
  assert.ok(names(report).includes('Head_Office_to_Branch'), names(report).join());
  // One subnet pair alone proves nothing.
  assert.ok(names(report).includes('BR_Osaka-1') || names(report).includes('BR_Osaka'));
});

test('the configuration names the tunnels, and the groups', async () => {
  const yaml = `
tunnels: [{ name: Osaka, connections: [Osaka-1] }, { name: Kobe }]
groups: [{ name: West, members: [Osaka, Kobe] }]
`;
  const report = await reportOf([fixture('charon-log/dpd-v2-fw.log')], yaml);
  assert.deepEqual(names(report), ['Kobe', 'Osaka']);
  // No line speaks of Kobe: that does not make it down.
  assert.equal(report.tunnels[0]?.state, 'unknown');
  assert.deepEqual(
    report.groups.map(({ name }) => name),
    ['West'],
  );
});

test('what is cut off or damaged is said, and read as far as it goes', async (context) => {
  const directory = tempDirectory(context);
  const packed = gzipSync(readFileSync(fixture('charon-log/rekey-v2-fw.log')));
  const damaged = Buffer.from(packed);
  damaged.fill(0xff, 2000, 2100);
  writeFileSync(join(directory, 'cut.gz'), packed.subarray(0, packed.length - 200));
  writeFileSync(join(directory, 'damaged.gz'), damaged);
  writeFileSync(join(directory, 'twice.gz'), gzipSync(packed));
  writeFileSync(join(directory, 'members.gz'), Buffer.concat([gzipSync('A'), packed]));
  assert.equal(gunzipSync(readFileSync(join(directory, 'members.gz'))).length > 1, true);
  const { logs, problems } = await reportOf([directory]);
  const told = problems.map(({ name, detail }) => `${name.slice(directory.length + 1)} ${detail}`);
  assert.equal(told.length, 3, told.join('\n'));
  assert.match(told.join('\n'), /^cut\.gz is cut off: unpacked up to byte \d+$/m);
  assert.match(told.join('\n'), /^damaged\.gz is damaged \(.*\): unpacked up to byte 0$/m);
  assert.match(told.join('\n'), /^twice\.gz is packed twice: unpack it first$/m);
  assert.equal(logs.length, 2);
  assert.ok(logs.every(({ lines }) => lines > 10));
});

test('what is not of IPsec is passed over in a directory, and refused by its name', async (context) => {
  const directory = tempDirectory(context);
  save(directory, {
    'charon.log': { recorded: 'charon-log/dpd-v2-fw.log' },
    'other.log': 'Nov 23 11:50:27 host sshd[12]: Accepted publickey for root\n'.repeat(50),
    'empty.log': '',
    'mail.txt': 'Dear colleague,\n',
  });
  writeFileSync(join(directory, 'log.xz'), '\xfd7zXZ\0 and so on', 'latin1');
  const inDirectory = await reportOf([directory]);
  assert.deepEqual(
    inDirectory.logs.map(({ name }) => name),
    [join(directory, 'charon.log')],
  );
  assert.ok(inDirectory.problems.every(({ isSkipped }) => isSkipped));
  const asked = await reportOf(
    ['mail.txt', 'log.xz', 'nothing'].map((name) => join(directory, name)),
  );
  assert.deepEqual(
    asked.problems.map(({ detail, isSkipped }) => `${detail} ${isSkipped}`),
    [
      'is neither a log of IPsec nor the output of a known command false',
      'is xz-compressed false',
      'does not exist false',
    ],
  );
});

test('one file under two names is read once', async () => {
  const path = fixture('charon-log/dpd-v2-fw.log');
  const { logs } = await reportOf([path, path]);
  assert.equal(logs.length, 1);
});

test('a hostile log invents tunnels: their number is bounded, and nothing of it reaches the terminal', async (context) => {
  const directory = tempDirectory(context);
  const line = (index: number): string =>
    `2026-11-23 12:00:00 05[IKE] <t${index}\u001b[2J|${index}> IKE_SA t${index}\u001b[2J[${index}] state change: CREATED => CONNECTING\n`;
  const initiating = (index: number): string =>
    `2026-11-23 12:00:00 05[IKE] <t${index}\u001b|${index}> initiating IKE_SA t${index}\u001b[${index}] to 10.0.0.1\n`;
  const lines = Array.from({ length: 6_000 }, (_, index) => line(index) + initiating(index));
  writeFileSync(join(directory, 'charon.log'), lines.join(''));
  const report = await reportOf([directory]);
  assert.ok(report.tunnels.length <= 2_000);
  assert.ok(report.tunnels.every(({ name }) => !/\p{Cc}/u.test(name)));
});

test('a saved output of ip xfrm policy is evidence', async (context) => {
  const directory = tempDirectory(context);
  const log = readFileSync(fixture('charon-log/subnet-v2-fw.log'), 'utf8').split('\n');
  const policies = readFileSync(fixture('xfrm/route-based-policy.txt'), 'utf8');
  save(directory, {
    // Until charon is stopped.
    'charon.log': log.slice(0, 33).join('\n'),
    'policy.txt': policies.replaceAll('dst 10.0.1.1', 'dst 10.0.9.1'),
  });
  const yaml = 'tunnels: [{ name: Osaka, connections: [Osaka-1], remote: 10.0.1.1 }]';
  const report = await reportOf([directory], yaml);
  const [best] = report.tunnels[0]?.diagnoses ?? [];
  assert.equal(best?.code, 'subnet-mismatch');
  const texts = best.evidence.map(({ text }) => text);
  assert.equal(texts.at(-1), 'the kernel has no policy towards 10.0.1.1');
});
