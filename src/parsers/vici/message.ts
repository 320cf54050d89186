import { decodeUtf8 } from '../utf8.ts';

/** What a key of a section stands for. All numbers are decimal text. */
type ViciValue = string | readonly string[] | ViciSection;

/** One section of a message, keys as charon sends them; of a key that comes twice, the last. */
export type ViciSection = ReadonlyMap<string, ViciValue>;

/** Element types (strongSwan src/libcharon/plugins/vici/README.md). */
const [sectionStart, sectionEnd, keyValue, listStart, listItem, listEnd] = [1, 2, 3, 4, 5, 6];

/** Deepest nesting of sections; charon's own messages have five. */
const deepest = 16;

interface Read<T> {
  readonly value: T;
  /** Where the next element begins. */
  readonly end: number;
}

/**
 * The message in bytes, one character each (latin1); undefined when they are none. The length is
 * bounded by the packet that it came in.
 */
export function parseViciMessage(bytes: string): ViciSection | undefined {
  return readSection(bytes, 0, 0)?.value;
}

function readSection(bytes: string, start: number, depth: number): Read<ViciSection> | undefined {
  const section = new Map<string, ViciValue>();
  let at = start;
  while (at < bytes.length) {
    const type = bytes.charCodeAt(at);
    if (type === sectionEnd) return depth > 0 ? { value: section, end: at + 1 } : undefined;
    const name = readText(bytes, at + 2, bytes.charCodeAt(at + 1));
    if (name === undefined) return undefined;
    const item = readItem(bytes, type, name.end, depth);
    if (item === undefined) return undefined;
    section.set(name.value, item.value);
    at = item.end;
  }
  return depth === 0 ? { value: section, end: at } : undefined;
}

function readItem(
  bytes: string,
  type: number,
  start: number,
  depth: number,
): Read<ViciValue> | undefined {
  switch (type) {
    case keyValue:
      return readValue(bytes, start);
    case listStart:
      return readList(bytes, start);
    case sectionStart:
      return depth < deepest ? readSection(bytes, start, depth + 1) : undefined;
    default:
      return undefined;
  }
}

function readList(bytes: string, start: number): Read<readonly string[]> | undefined {
  const items: string[] = [];
  let at = start;
  while (bytes.charCodeAt(at) === listItem) {
    const item = readValue(bytes, at + 1);
    if (item === undefined) return undefined;
    items.push(item.value);
    at = item.end;
  }
  return bytes.charCodeAt(at) === listEnd ? { value: items, end: at + 1 } : undefined;
}

function readValue(bytes: string, at: number): Read<string> | undefined {
  return readText(bytes, at + 2, bytes.charCodeAt(at) * 256 + bytes.charCodeAt(at + 1));
}

/** Beyond the end of the bytes `length` is NaN, and nothing compares with that. */
function readText(bytes: string, start: number, length: number): Read<string> | undefined {
  const end = start + length;
  return end <= bytes.length ? { value: decodeUtf8(bytes.slice(start, end)), end } : undefined;
}

/** The arguments of a request: ASCII text under ASCII keys of at most 255 characters. */
export function viciArguments(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => String.fromCharCode(keyValue) + counted(key) + longText(value))
    .join('');
}

/** A name behind its length in one byte. */
export function counted(name: string): string {
  return String.fromCharCode(name.length) + name;
}

function longText(value: string): string {
  return String.fromCharCode(value.length >> 8, value.length & 255) + value;
}
