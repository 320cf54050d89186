import { openSync, read, unlinkSync, write } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { openFile } from './open-file.ts';
import type { FileStatus, OpenFile, OpenResult } from './open-file.ts';

/** So much of a compressed file is looked at to know what it begins with. */
const peekBytes = 4096;

const blockBytes = 65_536;

const readBlock = promisify(read);
const writeBlock = promisify(write);

/** What becomes larger than this is no log. */
const mostUnpackedBytes = 2 ** 31;

/** A gzip file (RFC 1952), by the file that was compressed. */
export function packedFile(descriptor: number): OpenFile {
  const packed = openFile(descriptor);
  const head = headOf(packed);
  return {
    ...packed,
    status: () => ({ ...packed.status(), sizeBytes: unpackedBytes(packed) }),
    read: (offset, length) => head.slice(offset, offset + length),
    unpack: async (directory) => unpack(descriptor, packed.status(), directory),
  };
}

async function unpack(
  descriptor: number,
  { device, inode, modifiedAt }: FileStatus,
  directory: string,
): Promise<OpenResult> {
  let spool: OpenFile | undefined;
  try {
    const opened = openUnnamed(directory);
    const file = openFile(opened);
    spool = file;
    await pipeline(blocksOf(descriptor), createGunzip(), async (chunks: AsyncIterable<Buffer>) =>
      writeAll(opened, chunks),
    );
    const status = (): FileStatus => ({ ...file.status(), device, inode, modifiedAt });
    return { ok: true, file: { ...file, status } };
  } catch (error) {
    spool?.close();
    const text = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: 'failed', detail: `cannot be unpacked: ${text}` };
  }
}

/** A file that goes with its descriptor, also when the process is killed. */
function openUnnamed(directory: string): number {
  const path = `${directory}/unpacked-log`;
  const descriptor = openSync(path, 'w+', 0o600);
  unlinkSync(path);
  return descriptor;
}

// Streams of `node:fs` close their descriptors when one of them fails; these are not theirs.

async function* blocksOf(descriptor: number): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const { buffer, bytesRead } = await readBlock(descriptor, {
      buffer: Buffer.allocUnsafe(blockBytes),
      position,
    });
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function writeAll(descriptor: number, chunks: AsyncIterable<Buffer>): Promise<void> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > mostUnpackedBytes) throw new Error('too large');
    for (let rest = chunk; rest.length > 0;) {
      const { bytesWritten } = await writeBlock(descriptor, rest);
      rest = rest.subarray(bytesWritten);
    }
  }
}

/** What is behind the first block of compressed bytes; nothing where these are none. */
function headOf(packed: OpenFile): string {
  try {
    const block = Buffer.from(packed.read(0, peekBytes), 'latin1');
    return gunzipSync(block, { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1', 0, 1024);
  } catch {
    return '';
  }
}

/** The last four bytes tell (RFC 1952, section 2.3.1), of the last member if there are several. */
function unpackedBytes(packed: OpenFile): number {
  const { sizeBytes } = packed.status();
  const trailer = Buffer.from(packed.read(Math.max(0, sizeBytes - 4), 4), 'latin1');
  return trailer.length === 4 ? trailer.readUInt32LE() : 0;
}
