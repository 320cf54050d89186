import { counted, parseViciMessage, viciArguments } from './message.ts';
import type { ViciSection } from './message.ts';

/** What charon sends. */
export type ViciPacket =
  | { readonly kind: 'response'; readonly message: ViciSection }
  | { readonly kind: 'event'; readonly name: string; readonly message: ViciSection }
  | { readonly kind: 'confirmed' | 'unknown-command' | 'unknown-event' };

/** Cuts the stream into packets; see `push`. */
export interface FrameReader {
  /** Bytes as they come in, one character each (latin1) → whole packets; undefined: no VICI. */
  push(chunk: string): readonly string[] | undefined;
}

/** Packet types (strongSwan src/libcharon/plugins/vici/README.md). */
const types = {
  request: 0,
  response: 1,
  unknownCommand: 2,
  register: 3,
  confirmed: 5,
  unknownEvent: 6,
  event: 7,
} as const;

/** Longer packets neither side accepts (vici_socket.c). */
const longestPacket = 512 * 1024;

const headerBytes = 4;

/** What follows a broken frame means nothing: the connection has to be made anew. */
export function createFrameReader(): FrameReader {
  let pending = '';
  return {
    push(chunk) {
      pending += chunk;
      const packets: string[] = [];
      let at = 0;
      while (at + headerBytes <= pending.length) {
        const length = uint32(pending, at);
        if (length > longestPacket) return undefined;
        const end = at + headerBytes + length;
        if (end > pending.length) break;
        packets.push(pending.slice(at + headerBytes, end));
        at = end;
      }
      pending = pending.slice(at);
      return packets;
    },
  };
}

function uint32(bytes: string, at: number): number {
  return [0, 1, 2, 3].reduce((number, i) => number * 256 + bytes.charCodeAt(at + i), 0);
}

/** A packet without its length; undefined when it is none that charon sends. */
export function parseViciPacket(packet: string): ViciPacket | undefined {
  switch (packet.charCodeAt(0)) {
    case types.response:
      return withMessage(packet, 1, (message) => ({ kind: 'response', message }));
    case types.event: {
      const end = 2 + packet.charCodeAt(1);
      if (!(end <= packet.length)) return undefined;
      const name = packet.slice(2, end);
      return withMessage(packet, end, (message) => ({ kind: 'event', name, message }));
    }
    case types.confirmed:
      return { kind: 'confirmed' };
    case types.unknownCommand:
      return { kind: 'unknown-command' };
    case types.unknownEvent:
      return { kind: 'unknown-event' };
    default:
      return undefined;
  }
}

function withMessage(
  packet: string,
  start: number,
  make: (message: ViciSection) => ViciPacket,
): ViciPacket | undefined {
  const message = parseViciMessage(packet.slice(start));
  return message && make(message);
}

/** The bytes that ask for a command. */
export function viciRequest(
  command: string,
  values: Readonly<Record<string, string>> = {},
): string {
  return framed(String.fromCharCode(types.request) + counted(command) + viciArguments(values));
}

/** The bytes that ask for the events of a name. */
export function viciRegistration(event: string): string {
  return framed(String.fromCharCode(types.register) + counted(event));
}

function framed(packet: string): string {
  const { length } = packet;
  return (
    String.fromCharCode(length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255) +
    packet
  );
}
