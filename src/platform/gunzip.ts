import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Unpacks gzip, piece by piece. Bytes are characters (latin1) on both sides. */
export type Gunzip = (bytes: AsyncIterable<string>) => AsyncIterable<string>;

const pieceBytes = 262_144;

/**
 * The door to zlib. Takes several members after one another, and ignores what follows the last.
 * @throws Error with a `code` of zlib's (`Z_BUF_ERROR`: cut off), after all that could be unpacked.
 */
export const gunzip: Gunzip = async function* (bytes) {
  const inflater = createGunzip({ chunkSize: pieceBytes });
  // The callback takes errors, which the loop below gets as well.
  pipeline(Readable.from(toBuffers(bytes)), inflater, () => undefined);
  for await (const piece of inflater) {
    const buffer: Buffer = piece;
    yield buffer.toString('latin1');
  }
};

async function* toBuffers(bytes: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const piece of bytes) yield Buffer.from(piece, 'latin1');
}
