import { decodeUtf8, isAscii } from './utf8.ts';

/** Bytes of a followed file, cut into lines. One character stands for one byte (latin1). */
export interface LineSplitter {
  /** The complete lines of what has come so far, decoded; the rest waits for more. */
  push(chunk: string): readonly string[];
  /** What waits, as a line of its own; the file has ended without a newline. */
  flush(): readonly string[];
  /** Bytes that wait for their newline, cut ones included. */
  readonly pendingBytes: number;
  /** Bytes dropped from lines that were too long, and from holes. */
  readonly cutBytes: number;
}

/**
 * `longest` is in bytes; what a line has beyond it is dropped and counted. So are NUL bytes before
 * it: a log that was truncated under a writer that does not append begins with a hole.
 */
export function createLineSplitter(longest: number): LineSplitter {
  let pending = '';
  let pendingBytes = 0;
  let cutBytes = 0;
  /** Whether what waits needs no decoding. */
  let isPlain = true;

  const keep = (text: string, isTextPlain: boolean): void => {
    isPlain &&= isTextPlain;
    pendingBytes += text.length;
    const isHole = pending === '' && text.charCodeAt(0) === 0;
    const kept = (isHole ? text.replace(/^\0+/, '') : text).slice(0, longest - pending.length);
    cutBytes += text.length - kept.length;
    pending += kept;
  };
  const take = (): string => {
    const line = pending.endsWith('\r') ? pending.slice(0, -1) : pending;
    pending = '';
    pendingBytes = 0;
    const wasPlain = isPlain;
    isPlain = true;
    return wasPlain ? line : decodeUtf8(line);
  };
  return {
    push(chunk) {
      const lines: string[] = [];
      const isChunkPlain = isAscii(chunk);
      let start = 0;
      for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', start)) {
        keep(chunk.slice(start, end), isChunkPlain);
        lines.push(take());
        start = end + 1;
      }
      keep(chunk.slice(start), isChunkPlain);
      return lines;
    },
    flush: () => (pendingBytes === 0 ? [] : [take()]),
    get pendingBytes() {
      return pendingBytes;
    },
    get cutBytes() {
      return cutBytes;
    },
  };
}
