import { evidenceText } from '../events/evidence.ts';
import { InputError } from './bytes.ts';

/** A regular file of a tar archive. */
export interface TarEntry {
  /** Safe to show; nothing is ever opened by it. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Where its content begins in the archive. */
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** The first bytes of its content. */
  readonly head: string;
}

const blockBytes = 512;
const mostEntries = 20_000;
/** Names and pax records are read into memory. */
const mostMetadataBytes = 1_048_576;

/**
 * Lists the regular files of an archive of the formats ustar, pax, GNU or v7, each with its first
 * bytes. Directories, links and devices are passed over.
 * @throws InputError where the archive is cut off or damaged, after all entries before that place.
 */
export async function* readTarEntries(
  bytes: AsyncIterable<string>,
  headBytes: number,
): AsyncGenerator<TarEntry> {
  const cursor = new Cursor(bytes);
  try {
    let overrides: Overrides = {};
    for (let count = 0; count < mostEntries; count += 1) {
      const header = await readHeader(cursor);
      if (header === undefined) return;
      const { type } = header;
      if (isMetadata.test(type)) {
        overrides = { ...overrides, ...(await readOverrides(cursor, header)) };
        continue;
      }
      const { name, sizeBytes, modifiedAt } = { ...header, ...overrides };
      overrides = {};
      const offset = cursor.offset;
      if (fileTypes.has(type)) {
        const head = await cursor.take(Math.min(sizeBytes, headBytes));
        yield { name: evidenceText(decodeName(name)), sizeBytes, offset, modifiedAt, head };
      }
      await cursor.skipTo(endOf(offset, sizeBytes), name);
    }
    throw new InputError(`has more than ${mostEntries} entries: the rest is left out`);
  } finally {
    await cursor.close();
  }
}

/** Contents are filled up to whole blocks. */
function endOf(offset: number, sizeBytes: number): number {
  return offset + Math.ceil(sizeBytes / blockBytes) * blockBytes;
}

/** GNU's long names, the headers of pax. */
const isMetadata = /^[LKxg]$/;
const fileTypes: ReadonlySet<string> = new Set(['0', '\0', '7']);

interface Header {
  readonly name: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly modifiedAt: number;
}

type Overrides = Partial<Omit<Header, 'type'>>;

/** The next header; undefined at the archive's end mark. */
async function readHeader(cursor: Cursor): Promise<Header | undefined> {
  const at = cursor.offset;
  const block = await cursor.take(blockBytes);
  if (block.length < blockBytes) throw cursor.cutOff('a header or before the end mark');
  if (/^\0*$/.test(block)) return undefined;
  const header = parseTarHeader(block);
  if (header === undefined) throw new InputError(`is damaged: no header of an entry at byte ${at}`);
  return header;
}

/** A header block whose checksum is right. */
export function parseTarHeader(block: string): Header | undefined {
  const sizeBytes = numberIn(block, 124, 12);
  const checksum = numberIn(block, 148, 8);
  const seconds = numberIn(block, 136, 12) ?? 0;
  if (block.length < blockBytes || sizeBytes === undefined || checksum !== sumOf(block)) {
    return undefined;
  }
  const isPosix = block.slice(257, 263) === 'ustar\0';
  const prefix = isPosix ? textIn(block, 345, 155) : '';
  return {
    name: `${prefix === '' ? '' : `${prefix}/`}${textIn(block, 0, 100)}`,
    type: block.charAt(156),
    sizeBytes,
    modifiedAt: seconds * 1000,
  };
}

/** The sum of a header's bytes, its own field taken as blanks. */
function sumOf(block: string): number {
  let sum = 0;
  for (let i = 0; i < blockBytes; i += 1) sum += i >= 148 && i < 156 ? 32 : block.charCodeAt(i);
  return sum;
}

function textIn(block: string, start: number, length: number): string {
  const field = block.slice(start, start + length);
  const end = field.indexOf('\0');
  return end === -1 ? field : field.slice(0, end);
}

/** Octal digits, or GNU's base 256 behind a first byte with its highest bit set. */
function numberIn(block: string, start: number, length: number): number | undefined {
  const field = block.slice(start, start + length);
  if (field.charCodeAt(0) === 0x80) {
    let value = 0;
    for (let i = 1; i < length; i += 1) value = value * 256 + field.charCodeAt(i);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = /^ *([0-7]{1,12})[ \0]*$/.exec(field)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

async function readOverrides(cursor: Cursor, { type, sizeBytes }: Header): Promise<Overrides> {
  const at = cursor.offset;
  if (sizeBytes > mostMetadataBytes) {
    throw new InputError(`is damaged: a name of ${sizeBytes} bytes at byte ${at}`);
  }
  const text = await cursor.take(sizeBytes);
  await cursor.skipTo(endOf(at, sizeBytes), 'the name of an entry');
  if (type === 'L') return { name: textIn(text, 0, text.length) };
  return type === 'x' ? parsePax(text, at) : {};
}

/** Records of pax: `30 mtime=1763897432.123456789` and a line end, the length counting all of it. */
function parsePax(text: string, at: number): Overrides {
  const fields = new Map<string, string>();
  for (let start = 0; start < text.length;) {
    const [all = '', digits] = /^(\d{1,7}) /.exec(text.slice(start, start + 8)) ?? [];
    const length = Number(digits);
    const record = text.slice(start + all.length, start + length - 1);
    const equals = record.indexOf('=');
    if (!(length > all.length) || equals <= 0) {
      throw new InputError(`is damaged: no pax record at byte ${at + start}`);
    }
    fields.set(record.slice(0, equals), record.slice(equals + 1));
    start += length;
  }
  const overrides: { -readonly [Key in keyof Overrides]: Overrides[Key] } = {};
  const path = fields.get('path');
  const size = Number(fields.get('size') ?? Number.NaN);
  const seconds = Number(fields.get('mtime') ?? Number.NaN);
  if (path !== undefined) overrides.name = path;
  if (Number.isSafeInteger(size) && size >= 0) overrides.sizeBytes = size;
  if (Math.abs(seconds) < 1e11) overrides.modifiedAt = Math.floor(seconds * 1000);
  return overrides;
}

const decoder = new TextDecoder();

function decodeName(name: string): string {
  return decoder.decode(Uint8Array.from(name, (character) => character.charCodeAt(0)));
}

/** Reads a stream of pieces in lengths of the reader's choice. */
class Cursor {
  readonly #pieces: AsyncIterator<string>;
  #piece = '';
  #used = 0;
  #offset = 0;
  /** Why there is no more, where that is not simply the end. */
  #failure: InputError | undefined;

  constructor(bytes: AsyncIterable<string>) {
    this.#pieces = bytes[Symbol.asyncIterator]();
  }

  /** Bytes taken and skipped so far. */
  get offset(): number {
    return this.#offset;
  }

  /** So many bytes; fewer only at the end. */
  async take(length: number): Promise<string> {
    let taken = '';
    while (taken.length < length && (await this.#fill())) {
      taken += this.#use(length - taken.length);
    }
    return taken;
  }

  /** @throws InputError that names what it was in the middle of, where the end comes first. */
  async skipTo(offset: number, within: string): Promise<void> {
    while (this.#offset < offset) {
      if (!(await this.#fill())) throw this.cutOff(evidenceText(decodeName(within)));
      this.#use(offset - this.#offset);
    }
  }

  /** The error of an archive that ends here. */
  cutOff(within: string): InputError {
    const how = this.#failure?.message ?? 'is cut off';
    return new InputError(`${how}; the archive ends at byte ${this.#offset}, in ${within}`);
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  #use(length: number): string {
    const text = this.#piece.slice(this.#used, this.#used + length);
    this.#used += text.length;
    this.#offset += text.length;
    return text;
  }

  async #fill(): Promise<boolean> {
    while (this.#used >= this.#piece.length) {
      if (this.#failure !== undefined) return false;
      try {
        const next = await this.#pieces.next();
        if (next.done === true) return false;
        this.#piece = next.value;
        this.#used = 0;
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        this.#failure = error;
      }
    }
    return true;
  }
}
