import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../fixtures/vici');

/** A packet of a recording: with its length in front, one character a byte. */
export interface RecordedPacket {
  readonly from: 'us' | 'charon';
  readonly bytes: string;
}

export function recordedPackets(name: string): readonly RecordedPacket[] {
  return readFileSync(join(folder, `${name}.frames`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => ({
      from: line.startsWith('>') ? 'us' : 'charon',
      bytes: Buffer.from(line.slice(2), 'hex').toString('latin1'),
    }));
}

/** A message as plain objects; lists and text stay what they are. */
export interface PlainMessage {
  readonly [key: string]: string | readonly string[] | PlainMessage;
}

const byte = (...codes: readonly number[]): string => String.fromCharCode(...codes);
const named = (name: string): string => byte(name.length) + name;
const valued = (text: string): string => byte(text.length >> 8, text.length & 255) + text;

/** The bytes of a message as charon would send it; text is one character a byte. */
export function messageBytes(message: PlainMessage): string {
  return Object.entries(message)
    .map(([key, value]) => {
      if (typeof value === 'string') return byte(3) + named(key) + valued(value);
      if (isList(value)) {
        return (
          byte(4) + named(key) + value.map((item) => byte(5) + valued(item)).join('') + byte(6)
        );
      }
      return byte(1) + named(key) + messageBytes(value) + byte(2);
    })
    .join('');
}

function isList(value: PlainMessage[string]): value is readonly string[] {
  return Array.isArray(value);
}

export function framed(packet: string): string {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(packet.length);
  return length.toString('latin1') + packet;
}

/** What charon sends, framed. */
export const packets = {
  response: (message: PlainMessage = {}) => framed(byte(1) + messageBytes(message)),
  unknownCommand: framed(byte(2)),
  confirmed: framed(byte(5)),
  unknownEvent: framed(byte(6)),
  event: (name: string, message: PlainMessage) =>
    framed(byte(7) + named(name) + messageBytes(message)),
};
