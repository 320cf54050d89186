import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { InputError } from '../../../src/offline/bytes.ts';
import { type TarEntry, parseTarHeader, readTarEntries } from '../../../src/offline/tar.ts';
import { save } from '../../helpers/saved-files.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

interface Listing {
  readonly entries: readonly TarEntry[];
  readonly problem: string | undefined;
}

/** Lists an archive that comes in pieces of some length. */
async function list(archive: string, pieceBytes = 1000, headBytes = 64): Promise<Listing> {
  async function* pieces(): AsyncGenerator<string> {
    for (let at = 0; at < archive.length; at += pieceBytes)
      yield archive.slice(at, at + pieceBytes);
  }
  const entries: TarEntry[] = [];
  try {
    for await (const entry of readTarEntries(pieces(), headBytes)) entries.push(entry);
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    return { entries, problem: error.message };
  }
  return { entries, problem: undefined };
}

const longName = `${'directory/'.repeat(30)}charon.log`;
const texts: Readonly<Record<string, string>> = {
  'log/charon.log': 'first\n'.repeat(500),
  'log/empty.log': '',
  'log/支店.log': 'name in UTF-8',
  [longName]: 'deep',
};

function tar(context: TestContext, ...options: readonly string[]): string {
  const directory = tempDirectory(context);
  save(directory, texts);
  for (const name of Object.keys(texts))
    utimesSync(join(directory, name), 1_763_897_432, 1_763_897_432);
  symlinkSync('/etc/passwd', join(directory, 'log/link.log'));
  const archive = execFileSync('tar', ['-cf', '-', ...options, ...Object.keys(texts), 'log'], {
    cwd: directory,
    maxBuffer: 2 ** 24,
  });
  return archive.toString('latin1');
}

for (const format of ['ustar', 'gnu', 'posix'] as const) {
  test(`an archive of tar --format=${format}`, async (context) => {
    // A name part of ustar has 100 bytes, the directory before it 155.
    const exclude = format === 'ustar' ? ['--exclude', 'directory'] : [];
    const archive = tar(context, `--format=${format}`, ...exclude);
    const wanted = Object.keys(texts).filter((name) => format !== 'ustar' || name !== longName);
    for (const pieceBytes of [1, 511, 1_000_000]) {
      const { entries, problem } = await list(archive, pieceBytes);
      assert.equal(problem, undefined);
      // The symbolic link is none of them; the directory lists its files a second time as links.
      assert.deepEqual(new Set(entries.map(({ name }) => name)), new Set(wanted));
      for (const { name, sizeBytes, offset, modifiedAt, head } of entries) {
        const text = Buffer.from(texts[name] ?? '').toString('latin1');
        assert.equal(sizeBytes, text.length);
        assert.equal(archive.slice(offset, offset + sizeBytes), text);
        assert.equal(head, text.slice(0, 64));
        assert.equal(modifiedAt, 1_763_897_432_000);
      }
    }
  });
}

/** A header as tar writes it, its checksum right. */
function header(fields: {
  readonly name: string;
  readonly size?: string;
  readonly type?: string;
}): string {
  const { name, size = '00000000000\0', type = '0' } = fields;
  const block =
    name.padEnd(100, '\0') +
    '0000644\0'.repeat(3) +
    size.padEnd(12, '\0') +
    '14762145430\0' +
    ' '.repeat(8) +
    type +
    '\0'.repeat(100) +
    'ustar\x0000';
  const whole = block.padEnd(512, '\0');
  const sum = Array.from(whole).reduce((total, character) => total + character.charCodeAt(0), 0);
  return `${whole.slice(0, 148)}${sum.toString(8).padStart(6, '0')}\0 ${whole.slice(156)}`;
}

function filled(text: string): string {
  return text.padEnd(Math.ceil(text.length / 512) * 512, '\0');
}

/** A pax header with records, each with its length in front. */
function paxed(type: 'x' | 'g', ...records: readonly string[]): string {
  const text = records
    .map((record) => `${String(record.length + 4).padStart(2, '0')} ${record}\n`)
    .join('');
  return (
    header({ name: 'pax', size: `${text.length.toString(8).padStart(11, '0')}\0`, type }) +
    filled(text)
  );
}

const end = '\0'.repeat(1024);
const plain = header({ name: 'a.log', size: '00000000005\0' }) + filled('hello');

test('a header is known by its checksum', () => {
  const good = header({ name: 'a.log' });
  assert.equal(parseTarHeader(good)?.name, 'a.log');
  assert.equal(parseTarHeader(good.replace('a.log', 'b.log')), undefined);
  assert.equal(parseTarHeader(good.slice(0, 511)), undefined);
});

test('an archive that ends anywhere gives what came before, and says where', async () => {
  const archive =
    plain + header({ name: 'b.log', size: '00000001000\0' }) + filled('x'.repeat(512)) + end;
  for (let length = 1; length < archive.length - end.length; length += 1) {
    const { entries, problem } = await list(archive.slice(0, length));
    assert.equal(
      entries.length,
      (length >= 512 ? 1 : 0) + (length >= 1536 ? 1 : 0),
      String(length),
    );
    assert.match(problem ?? '', new RegExp(`is cut off; the archive ends at byte ${length}, in `));
  }
  // Without the end mark nobody knows whether an entry is missing.
  const { problem } = await list(archive.slice(0, -end.length));
  assert.match(problem ?? '', /the archive ends at byte 2048, in a header or before the end mark/);
});

const hostile: Readonly<Record<string, readonly [archive: string, problem: RegExp | undefined]>> = {
  'no header where one should be': [
    `${plain}${'A'.repeat(512)}`,
    /is damaged: no header of an entry at byte 1024/,
  ],
  'a size that is no number': [
    plain + header({ name: 'b.log', size: 'zzz' }) + end,
    /is damaged: no header/,
  ],
  'a size of many terabytes': [
    plain +
      header({ name: 'b.log', size: `\x80${'\0'.repeat(4)}\x0f${'\xff'.repeat(6)}` }) +
      filled('x') +
      end,
    /is cut off; the archive ends at byte \d+, in b\.log/,
  ],
  'a size beyond every number': [
    plain + header({ name: 'b.log', size: `\x80${'\xff'.repeat(11)}` }) + end,
    /is damaged: no header/,
  ],
  'a negative size': [
    plain + header({ name: 'b.log', size: '\xff'.repeat(12) }) + end,
    /is damaged: no header/,
  ],
  'a name of a gigabyte': [
    plain + header({ name: '././@LongLink', size: '10000000000\0', type: 'L' }) + end,
    /is damaged: a name of 1073741824 bytes at byte 1536/,
  ],
  'a name that is cut off': [
    plain + header({ name: '././@LongLink', size: '00000001000\0', type: 'L' }),
    /is cut off; the archive ends at byte 1536, in the name of an entry/,
  ],
  'pax records without a length': [
    plain + header({ name: 'pax', size: '00000000005\0', type: 'x' }) + filled('hello') + end,
    /is damaged: no pax record at byte 1536/,
  ],
  'a pax record of no length': [
    plain + header({ name: 'pax', size: '00000000006\0', type: 'x' }) + filled('0 a=b\n') + end,
    /is damaged: no pax record at byte 1536/,
  ],
  'pax records of no use': [paxed('x', 'size=-5', 'mtime=never', 'x=') + plain + end, undefined],
  'a global header': [paxed('g', 'path=x') + plain + end, undefined],
};

for (const [name, [archive, problem]] of Object.entries(hostile)) {
  test(`hostile: ${name}`, async () => {
    const listing = await list(archive);
    assert.equal(listing.entries[0]?.name, 'a.log');
    if (problem === undefined) assert.equal(listing.problem, undefined);
    else assert.match(listing.problem ?? '', problem);
  });
}

test('hostile: names are shown, not followed', async () => {
  const names = ['/etc/passwd', '../../etc/passwd', 'a\x1b[2Jb', 'a\xe2\x80\xaeb', 'a\nb'];
  const archive = names.map((name) => header({ name })).join('') + end;
  const { entries } = await list(archive);
  assert.deepEqual(
    entries.map(({ name }) => name),
    ['/etc/passwd', '../../etc/passwd', 'a\uFFFD[2Jb', 'a\uFFFDb', 'a\uFFFDb'],
  );
});

test('hostile: entries without end', async () => {
  const one = header({ name: 'a' });
  async function* pieces(): AsyncGenerator<string> {
    for (;;) yield one.repeat(1000);
  }
  let count = 0;
  await assert.rejects(async () => {
    for await (const _ of readTarEntries(pieces(), 64)) count += 1;
  }, /has more than 20000 entries/);
  assert.equal(count, 20_000);
});
