import type { Files } from '../platform/files.ts';
import type { Gunzip } from '../platform/gunzip.ts';

/** The bytes of something, as characters (latin1), as often as they are asked for. */
export interface Bytes {
  /** From an offset to the end, piece by piece. */
  read(from: number): AsyncIterable<string>;
}

/** An input cannot be read, or not to its end. The message is a sentence about it, without its name. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

const pieceBytes = 65_536;

/** A file is open only while it is read. */
export function fileBytes(path: string, files: Files): Bytes {
  return {
    async *read(from) {
      const opened = files.open(path);
      if (!opened.ok) throw new InputError(opened.detail);
      try {
        for (let offset = from; ; offset += pieceBytes) {
          const piece = opened.file.read(offset, pieceBytes);
          if (piece !== '') yield piece;
          if (piece.length < pieceBytes) return;
        }
      } finally {
        opened.file.close();
      }
    },
  };
}

export function heldBytes(text: string): Bytes {
  return {
    async *read(from) {
      yield text.slice(from);
    },
  };
}

/** A part of something. */
export function slicedBytes(whole: Bytes, offset: number, length: number): Bytes {
  return {
    async *read(from) {
      let left = length - from;
      if (left <= 0) return;
      for await (const piece of whole.read(offset + from)) {
        yield piece.length <= left ? piece : piece.slice(0, left);
        left -= piece.length;
        if (left <= 0) return;
      }
      throw new InputError(`is cut off: ${left} of its ${length} bytes are missing`);
    },
  };
}

/** What gzip can unpack to is a thousand times its size; no log that anybody reads is longer. */
const mostUnpackedBytes = 64 * 1024 ** 3;

/** What a gzip file holds. Its beginning has to be unpacked to get at its end. */
export function unpackedBytes(packed: Bytes, gunzip: Gunzip): Bytes {
  return {
    async *read(from) {
      let offset = 0;
      try {
        for await (const piece of gunzip(packed.read(0))) {
          if (offset + piece.length > from) yield piece.slice(Math.max(0, from - offset));
          offset += piece.length;
          if (offset > mostUnpackedBytes) break;
        }
      } catch (error) {
        if (!(error instanceof Error && 'code' in error)) throw error;
        const how = error.code === 'Z_BUF_ERROR' ? 'is cut off' : `is damaged (${error.message})`;
        throw new InputError(`${how}: unpacked up to byte ${offset}`, { cause: error });
      }
      if (offset > mostUnpackedBytes) {
        throw new InputError(
          `unpacks to more than ${mostUnpackedBytes} bytes: the rest is left out`,
        );
      }
    },
  };
}

/** Tells how much of something is read, as it is read. */
export function meteredBytes(bytes: Bytes, onRead: (count: number) => void): Bytes {
  return {
    async *read(from) {
      for await (const piece of bytes.read(from)) {
        onRead(piece.length);
        yield piece;
      }
    },
  };
}

/** The beginning of something; shorter only where that ends, or cannot be read further. */
export async function headOf(bytes: Bytes, length: number): Promise<string> {
  let head = '';
  try {
    for await (const piece of bytes.read(0)) {
      head += piece;
      if (head.length >= length) break;
    }
  } catch (error) {
    // Whoever reads it to the end will be told.
    if (!(error instanceof InputError) || head === '') throw error;
  }
  return head.slice(0, length);
}

/**
 * The whole of something as text.
 * @throws InputError where it is damaged, or longer than so many bytes.
 */
export async function wholeOf(bytes: Bytes, mostBytes: number): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of bytes.read(0)) {
    length += piece.length;
    if (length > mostBytes) throw new InputError(`is longer than ${mostBytes} bytes`);
    pieces.push(Buffer.from(piece, 'latin1'));
  }
  return Buffer.concat(pieces).toString();
}
